--TEST--
A socket file has the mode, owner and group that its address asks for; what is wrong with them is a BindException
--EXTENSIONS--
sluice
posix
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// Only root may give a file away: anyone else keeps it.
[$owner, $group] = posix_geteuid() === 0 ? [1, 1] : [posix_geteuid(), posix_getegid()];
$names = [posix_getpwuid($owner)['name'] ?? $owner, posix_getgrgid($group)['name'] ?? $group];
$path = scratch('app.sock');

foreach (["mode=0666&owner=$owner&group=$group", "mode=600&owner=$names[0]&group=$names[1]"] as $parameters) {
    $server = ServerProcess::run(<<<PHP
        \$server = new Sluice\Server();
        \$server->handle(fn () => 'hello');
        say(\$server->listen('unix://$path?$parameters'));
        \$server->start();
        PHP);
    clearstatcache();
    printf(
        "%s %04o %s, %s\n",
        str_replace($path, '<path>', $server->addresses[0]),
        fileperms($path) & 07777,
        [fileowner($path), filegroup($path)] === [$owner, $group] ? 'as wanted' : 'NOT AS WANTED',
        h1('http://unix/', '--unix-socket', $path),
    );
    $server->finish();
}
$server = new Sluice\Server();
$server->listen("unix://$path?mode=0060");
clearstatcache();
printf("%04o, and the rest as the system has it: %s\n", fileperms($path) & 07777, json_encode(fileowner($path) === posix_geteuid()));
unset($server);

$server = new Sluice\Server();
foreach (['', 'mode=0999', 'mode=0660&mode=0660', 'mode=rw&ower=root', 'owner=no-such-user&group=no-such-group'] as $parameters) {
    echo str_replace($path, '<path>', attempt(fn () => $server->listen("unix://$path?$parameters"))), "\n";
}
if (posix_geteuid() !== 0) {
    $text = attempt(fn () => $server->listen("unix://$path?owner=root"));
    check('may not be set', str_contains($text, 'the owner may not be set to "root"'), $text);
} else {
    echo "may not be set: yes\n";
}
clearstatcache();
var_dump(file_exists($path));
?>
--EXPECT--
unix://<path> 0666 as wanted, 200 hello
exit 0
unix://<path> 0600 as wanted, 200 hello
exit 0
0060, and the rest as the system has it: true
Sluice\BindException: "unix://<path>?" is not an address to listen on: "" is no parameter of a unix socket: those are mode, owner and group
Sluice\BindException: "unix://<path>?mode=0999" is not an address to listen on: mode must be octal, 0000 to 0777, as mode=0660, not "0999"
Sluice\BindException: "unix://<path>?mode=0660&mode=0660" is not an address to listen on: mode is said twice
Sluice\BindException: "unix://<path>?mode=rw&ower=root" is not an address to listen on: mode must be octal, 0000 to 0777, as mode=0660, not "rw"; "ower" is no parameter of a unix socket: those are mode, owner and group
Sluice\BindException: cannot listen on unix://<path>: this system has no user "no-such-user"; this system has no group "no-such-group"
may not be set: yes
bool(false)
