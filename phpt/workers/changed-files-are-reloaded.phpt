--TEST--
watch: a change of a PHP file reloads, many changes at once do so once, and a mistake keeps the old code
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$source = scratch('src');
mkdir("$source/deep", recursive: true);
file_put_contents("$source/version.php", '<?php return "one";');
file_put_contents("$source/deep/part.php", '<?php return "";');
$server = ServerProcess::run(<<<PHP
    \$version = (require '$source/version.php') . (require '$source/deep/part.php');
    \$server = new Sluice\Server(watch: ['$source']);
    \$server->handle(answers(\$server, \$version));
    say(\$server->listen('tcp://127.0.0.1:0'));
    \$server->start();
    PHP);
await_ready($server, 1);
$hammer = new Hammer($server);
$sees = fn (string $version) => $hammer->until($version, fn ($bodies) => array_unique($bodies) === [$version]);
$sees('one');
foreach (range(1, 20) as $i) {
    file_put_contents("$source/part-$i.php", '<?php');
}
file_put_contents("$source/version.php", '<?php return "two";');
$sees('two');
file_put_contents("$source/deep/part.php.tmp", '<?php return " and a part";');
rename("$source/deep/part.php.tmp", "$source/deep/part.php");
$sees('two and a part');
$reloads = crew_stats($server)['reloads'];
check('twenty-one files at once are few reloads', $reloads >= 2 && $reloads <= 4, $reloads);
$server->stderr = $server->stdout = '';
file_put_contents("$source/version.php", '<?php return this is no PHP;');
$server->waitFor('syntax error');
$hammer->wave();
file_put_contents("$source/version.php", '<?php return "three";');
$sees('three and a part');
echo implode(', ', array_keys($hammer->bodies)), ', failed: ', $hammer->failed(), "\n";
echo ending($server), "\n";
?>
--EXPECT--
twenty-one files at once are few reloads: yes
one, two, two and a part, three and a part, failed: none
exit 0, nothing left behind
