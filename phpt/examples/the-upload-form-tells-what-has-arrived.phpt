--TEST--
examples/upload-form.php: a page with a form, and for what it sends name, size, hash and place of each file
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$example = dirname(__DIR__, 2) . '/examples/upload-form.php';
$folder = scratch('arrived');
$server = ServerProcess::run('$argv = ["", "127.0.0.1:0", ' . var_export($folder, true) . ']; require ' . var_export($example, true) . ';');
$page = h1($server->url());
check('the page has a form', $page->status === 200 && str_contains($page->body, 'name="photos[]"'), (string) $page);
$arguments = ['-F', 'title=Holiday'];
foreach ([100, 200000] as $size) {
    $file = scratch_file('photo');
    file_put_contents($file, Body::of($size));
    array_push($arguments, '-F', "photos[]=@$file;filename=$size.jpg");
}
foreach (protocols() as $name => $post) {
    $told = json_decode($post($server->url(), ...$arguments)->body, true);
    $places = array_column($told['files'], 'path');
    check("$name says the title", $told['title'] === 'Holiday');
    check("$name tells both files", array_map(fn ($file) => [$file['name'], $file['size'], $file['sha256']], $told['files']) === [
        ['100.jpg', 100, Body::sha256(100)], ['200000.jpg', 200000, Body::sha256(200000)],
    ], $told);
    check("$name has moved them", array_map(fn ($path) => hash_file('sha256', $path), $places) === [Body::sha256(100), Body::sha256(200000)]);
}
echo h1($server->url(), '-F', 'title=None', '-F', 'photos[]=@/dev/null;filename=""')->body;
echo 'exit ', $server->stop(SIGINT), "\n", $server->stderr;
?>
--EXPECT--
the page has a form: yes
h1 says the title: yes
h1 tells both files: yes
h1 has moved them: yes
h2 says the title: yes
h2 tells both files: yes
h2 has moved them: yes
{
    "title": "None",
    "files": []
}
exit 0
