--TEST--
What sendFile() cannot send is an exception that names it and leaves the response open, and no client learns of it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = folder(['ten' => 10, 'locked' => 'SECRET', 'sub/x' => 'x']);
posix_mkfifo("$folder/pipe", 0666);
symlink('loop', "$folder/loop");
chmod("$folder/locked", 0);
chmod(scratch(), 0755);
$other = folder(['file' => 'x']);
symlink("$other/file", "$folder/out");
$table = [
    ['none'], ['sub'], ['sub/'], ['ten/'], ['ten/x'], ['pipe'], ['loop'], ['locked'], ["te\0n"], [''], [str_repeat('x', 300)], ['ten', 11], ['ten', PHP_INT_MAX],
    ['ten', 0, 11], ['ten', 5, 6], ['ten', 10, 1], ['ten', 1, PHP_INT_MAX], ['ten', -1], ['ten', 0, -1], ['ten', PHP_INT_MIN, PHP_INT_MIN],
    ['/dev/null'], ['/dev/zero', 0, 10], ['/proc/self/mem'], ['/nowhere/at/all'], ["\xff\xfe"],
];
$list = var_export($table, true);
$server = serve(<<<PHP
    function (\$request, \$response) use (\$list) {
        [\$path, \$slice] = [\$list[\$request->getQueryParams()['at']][0], array_slice(\$list[\$request->getQueryParams()['at']], 1)];
        \$path = \$path === '' || \$path[0] === '/' ? \$path : "$folder/\$path";
        if (\$request->getPath() === '/uncaught') {
            \$response->sendFile(\$path, ...\$slice);
        }
        \$response->setHeader('X-Mine', 'stays');
        \$said = attempt(fn () => \$response->sendFile(\$path, ...\$slice));
        if (\$response->isCommitted()) {
            return note("COMMITTED \$said");
        }
        return json_encode([\$said, array_keys(\$response->getHeaders())], JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES);
    }
    PHP, before: "\$list = $list; if (posix_getuid() === 0) { posix_setgid(65534); posix_setuid(65534); }");
foreach ($table as $at => $arguments) {
    $answers = [];
    foreach (protocols() as $get) {
        $answer = $get($server->url("/?at=$at"));
        $answers[] = "$answer";
        [$said, $headers] = json_decode($answer->body, true) ?? ["NOT TOLD $answer", []];
        $headers === ['x-mine'] || print('OTHER HEADERS ' . json_encode($headers) . "\n");
        $hidden = $get($server->url("/uncaught?at=$at"));
        "$hidden" === '500 Internal Server Error' || print("UNCAUGHT: $hidden\n");
    }
    $answers[0] === $answers[1] || print("HTTP/2 DIFFERS: $answers[1]\n");
    $arguments[0] = strlen($arguments[0]) > 100 ? 'long' : str_replace("\0", '\0', $arguments[0]);
    echo json_encode($arguments, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), ' ', str_replace([$folder, str_repeat('x', 300)], ['FOLDER', 'long'], $said), "\n";
}
echo 'exit ', $server->stop(), "\n";
check('uncaught ones are in the log', substr_count($server->stderr, 'Exception') >= 2 * count($table), $server->stderr);

echo "\nopen_basedir\n";
$server = serve(<<<PHP
    fn (\$request, \$response) => attempt(fn () => \$response->sendFile('$folder/' . \$request->getQueryParams()['path']))
    PHP, before: "ini_set('open_basedir', '$folder');");
foreach (['../' . basename($other) . '/file', '../' . basename($folder) . '/ten', 'out', 'none', 'ten'] as $path) {
    $answer = h1($server->url("/?path=$path"));
    echo str_replace([$folder, basename($other), basename($folder)], ['FOLDER', 'other', 'folder'], "$path: " . ($answer->isBody(10) ? 'sent' : $answer)), "\n";
}
?>
--EXPECT--
["none"] Sluice\ServerException: the file "FOLDER/none" cannot be opened: No such file or directory (os error 2)
["sub"] Sluice\ServerException: the file "FOLDER/sub" cannot be opened: it is not a regular file
["sub/"] Sluice\ServerException: the file "FOLDER/sub/" cannot be opened: it is not a regular file
["ten/"] Sluice\ServerException: the file "FOLDER/ten/" cannot be opened: Not a directory (os error 20)
["ten/x"] Sluice\ServerException: the file "FOLDER/ten/x" cannot be opened: Not a directory (os error 20)
["pipe"] Sluice\ServerException: the file "FOLDER/pipe" cannot be opened: it is not a regular file
["loop"] Sluice\ServerException: the file "FOLDER/loop" cannot be opened: Too many levels of symbolic links (os error 40)
["locked"] Sluice\ServerException: the file "FOLDER/locked" cannot be opened: Permission denied (os error 13)
["te\\0n"] Sluice\ConfigException: the path "FOLDER/te\x00n" has a NUL byte
[""] Sluice\ConfigException: the path of the file to send is empty
["long"] Sluice\ServerException: the file "FOLDER/long" cannot be opened: File name too long (os error 36)
["ten",11] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the offset 11 is past its end
["ten",9223372036854775807] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the offset 9223372036854775807 is past its end
["ten",0,11] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the length 11 is past its end
["ten",5,6] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the length 6 is past its end
["ten",10,1] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the length 1 is past its end
["ten",1,9223372036854775807] Sluice\ConfigException: the file "FOLDER/ten" has 10 bytes: the length 9223372036854775807 is past its end
["ten",-1] Sluice\ConfigException: the offset for the file "FOLDER/ten" must be 0 or more, -1 given
["ten",0,-1] Sluice\ConfigException: the length for the file "FOLDER/ten" must be 0 or more, -1 given
["ten",-9223372036854775808,-9223372036854775808] Sluice\ConfigException: the offset for the file "FOLDER/ten" must be 0 or more, -9223372036854775808 given
["/dev/null"] Sluice\ServerException: the file "/dev/null" cannot be opened: it is not a regular file
["/dev/zero",0,10] Sluice\ServerException: the file "/dev/zero" cannot be opened: it is not a regular file
["/proc/self/mem"] Sluice\ServerException: the file "/proc/self/mem" cannot be opened: Permission denied (os error 13)
["/nowhere/at/all"] Sluice\ServerException: the file "/nowhere/at/all" cannot be opened: No such file or directory (os error 2)
["\ufffd\ufffd"] Sluice\ServerException: the file "FOLDER/��" cannot be opened: No such file or directory (os error 2)
exit 0
uncaught ones are in the log: yes

open_basedir
../other/file: 200 Sluice\ServerException: PHP's open_basedir does not allow "FOLDER/../other/file"
../folder/ten: sent
out: 200 Sluice\ServerException: PHP's open_basedir does not allow "FOLDER/out"
none: 200 Sluice\ServerException: the file "FOLDER/none" cannot be opened: No such file or directory (os error 2)
ten: sent
