--TEST--
examples/upload-hash.php: uploads larger than the default limit are hashed as they stream in; memory does not grow with them
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$example = dirname(__DIR__, 2) . '/examples/upload-hash.php';
$server = ServerProcess::run('$argv = ["", "127.0.0.1:0"]; require ' . var_export($example, true) . ';');
$large = 100 << 20;
$file = scratch_file('upload');
$stream = fopen($file, 'w');
foreach (Body::pieces($large, 1 << 20) as $piece) {
    fwrite($stream, $piece);
}
fclose($stream);
$told = fn (int $length) => json_encode(['bytes' => $length, 'sha256' => Body::sha256($length)]);

check('a small one', h1($server->url(), '--data-binary', '')->body === $told(0));
$before = resident($server->pid);
foreach (protocols() as $name => $put) {
    $answer = $put($server->url(), '-T', $file);
    check("$name with a length", $answer->status === 200 && $answer->body === $told($large), (string) $answer);
    $answer = $put($server->url(), '-T', $file, '-H', 'Transfer-Encoding: chunked');
    check("$name without one", $answer->status === 200 && $answer->body === $told($large), (string) $answer);
}
$grown = resident($server->pid) - $before;
check('four times 100 MiB cost less than 4 MiB', $grown < 4 << 20, $grown);
$refused = h2($server->url());
echo $refused->status, ' ', $refused->header('allow'), "\n";
echo 'exit ', $server->stop(SIGINT), "\n";
check('PHP used less than 2 MiB', preg_match('/used ([\d.]+) MiB/', $server->stdout, $used) && $used[1] < 2, $server->stdout);
echo $server->stderr;
?>
--EXPECT--
a small one: yes
h1 with a length: yes
h1 without one: yes
h2 with a length: yes
h2 without one: yes
four times 100 MiB cost less than 4 MiB: yes
405 PUT, POST
exit 0
PHP used less than 2 MiB: yes
