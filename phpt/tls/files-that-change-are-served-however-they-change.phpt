--TEST--
A certificate that is replaced, rewritten in place, switched as certbot or Kubernetes do it, or moved in with its folder is served, and connections go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = array_map(fn ($label) => issue($label, ['shop.example']), ['old' => 'old', 'new' => 'new']);
/** Puts a pair into a folder. */
function place(string $folder, array $pair, string ...$names): string
{
    @mkdir($folder, 0700, true);
    foreach (array_combine($names ?: ['cert.pem', 'key.pem'], $pair) as $name => $file) {
        copy($file, "$folder/$name");
    }
    return $folder;
}
/** Switches a link in one step. */
function switch_link(string $link, string $target): void
{
    symlink($target, "$link.new");
    rename("$link.new", $link);
}
$ways = [
    'renamed over' => function (string $folder) use ($pairs): array {
        place($folder, $pairs['old']);
        return ["$folder/cert.pem", "$folder/key.pem", function () use ($folder, $pairs) {
            replace_file("$folder/key.pem", $pairs['new'][1]);
            replace_file("$folder/cert.pem", $pairs['new'][0]);
        }];
    },
    'rewritten in place' => function (string $folder) use ($pairs): array {
        place($folder, $pairs['old']);
        return ["$folder/cert.pem", "$folder/key.pem", fn () => place($folder, $pairs['new'])];
    },
    'as certbot' => function (string $folder) use ($pairs): array {
        place("$folder/archive/shop", $pairs['old'], 'fullchain1.pem', 'privkey1.pem');
        mkdir("$folder/live/shop", 0700, true);
        symlink('../../archive/shop/fullchain1.pem', "$folder/live/shop/fullchain.pem");
        symlink('../../archive/shop/privkey1.pem', "$folder/live/shop/privkey.pem");
        return ["$folder/live/shop/fullchain.pem", "$folder/live/shop/privkey.pem", function () use ($folder, $pairs) {
            place("$folder/archive/shop", $pairs['new'], 'fullchain2.pem', 'privkey2.pem');
            switch_link("$folder/live/shop/privkey.pem", '../../archive/shop/privkey2.pem');
            switch_link("$folder/live/shop/fullchain.pem", '../../archive/shop/fullchain2.pem');
        }];
    },
    'as Kubernetes' => function (string $folder) use ($pairs): array {
        place("$folder/..2026_01", $pairs['old'], 'tls.crt', 'tls.key');
        symlink('..2026_01', "$folder/..data");
        symlink('..data/tls.crt', "$folder/tls.crt");
        symlink('..data/tls.key', "$folder/tls.key");
        return ["$folder/tls.crt", "$folder/tls.key", function () use ($folder, $pairs) {
            place("$folder/..2026_02", $pairs['new'], 'tls.crt', 'tls.key');
            switch_link("$folder/..data", '..2026_02');
            remove("$folder/..2026_01");
        }];
    },
    'with its folder' => function (string $folder) use ($pairs): array {
        place("$folder/live", $pairs['old']);
        return ["$folder/live/cert.pem", "$folder/live/key.pem", function () use ($folder, $pairs) {
            place("$folder/next", $pairs['new']);
            rename("$folder/live", "$folder/before");
            rename("$folder/next", "$folder/live");
        }];
    },
];
foreach ($ways as $what => $way) {
    [$certificate, $key, $change] = $way(scratch_file('folder'));
    $server = secured(tls_of([$certificate, $key]));
    $before = Raw::tls($server->addresses[1]);
    $first = ask($before, '/')->status;
    echo "$what: ", shake($server);
    $change();
    await_shown($server, 'new', 'old');
    $certificates = tls_stats($server)['certificates'];
    echo ', then new; one from before ', $first, ' ', ask($before, '/')->status,
        ", renewed {$certificates['renewed']}, refused {$certificates['refused']}\n";
    $server->stop();
    check('  it is told', str_contains($server->stderr, "{$server->addresses[1]}: the certificates were renewed"), $server->stderr);
}
?>
--EXPECT--
renamed over: old, then new; one from before 200 200, renewed 1, refused 0
  it is told: yes
rewritten in place: old, then new; one from before 200 200, renewed 1, refused 0
  it is told: yes
as certbot: old, then new; one from before 200 200, renewed 1, refused 0
  it is told: yes
as Kubernetes: old, then new; one from before 200 200, renewed 1, refused 0
  it is told: yes
with its folder: old, then new; one from before 200 200, renewed 1, refused 0
  it is told: yes
