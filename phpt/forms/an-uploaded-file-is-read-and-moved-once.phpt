--TEST--
An uploaded file is read as often as one likes and moved once: atomically, with the mode of a new file, to another file system too
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = scratch('target');
mkdir($folder);
$elsewhere = is_writable('/dev/shm') ? '/dev/shm/sluice-' . getmypid() : "$folder/elsewhere";
$server = serve(<<<PHP
    function (\$request) {
        umask(0027);
        \$told = [];
        foreach (\$request->getUploadedFiles() as \$name => \$file) {
            \$size = \$file->getSize();
            \$stream = \$file->getStream();
            fseek(\$stream, \$size - 5);
            \$end = fread(\$stream, 100);
            rewind(\$stream);
            \$again = stream_get_contents(\$stream) === stream_get_contents(\$file->getStream()) && feof(\$stream);
            \$told["\$name is read"] = \$again && \$end === Body::at(\$size - 5, 5) && @fwrite(\$stream, 'x') !== 1;
            \$told["\$name into no folder"] = attempt(fn () => \$file->moveTo('$folder/no/where'));
            \$told["\$name over a folder"] = attempt(fn () => \$file->moveTo('$folder'));
            \$told["\$name to nothing"] = attempt(fn () => \$file->moveTo(''));
            \$told["\$name to NUL"] = attempt(fn () => \$file->moveTo("$folder/a\\0b"));
            \$target = match (\$name) { 'far' => '$elsewhere', 'old' => '$folder/old', default => "$folder/\$name" };
            \$told["\$name to its place"] = attempt(fn () => \$file->moveTo(\$target));
            \$told["\$name again"] = attempt(fn () => \$file->moveTo("$folder/second"));
            \$told["\$name is gone"] = attempt(fn () => \$file->getStream());
            \$told["\$name is known"] = [\$file->getSize(), \$file->getError(), \$file->getClientFilename()];
            \$told["\$name is there"] = [hash_file('sha256', \$target) === Body::sha256(\$size), decoct(fileperms(\$target) & 0777)];
            fclose(\$stream);
        }
        return \$told;
    }
    PHP);
file_put_contents("$folder/old", 'what was there');
$before = fopen("$folder/old", 'r');
$parts = [];
foreach (['small' => 1000, 'large' => 200000, 'old' => 100000, 'far' => 150000] as $name => $size) {
    $parts[] = part("name=$name; filename=\"$name.bin\"", Body::of($size));
}
$answer = h1($server->url(), ...raw_body(multipart(...$parts)));
foreach (json_decode($answer->body, true) as $what => $result) {
    echo "$what: ", str_replace($folder, '<folder>', is_string($result) ? $result : json_encode($result)), "\n";
}
echo 'who had the old file open reads ', fgets($before), "\n";
$names = array_values(array_diff(scandir($folder), ['.', '..']));
sort($names);
echo implode(' ', $names), "\n";
@unlink($elsewhere);
check('nothing is kept', until('the files to go', fn () => nameless_files($server->pid) === 0));
?>
--EXPECT--
small is read: true
small into no folder: Sluice\ServerException: cannot move an upload to <folder>/no/where: No such file or directory (os error 2)
small over a folder: Sluice\ServerException: cannot move an upload to <folder>: Is a directory (os error 21)
small to nothing: Sluice\ConfigException: moveTo() takes the path of a file, not ""
small to NUL: Sluice\ConfigException: moveTo() takes the path of a file, not "<folder>/a\x00b"
small to its place: returned null
small again: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
small is gone: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
small is known: [1000,0,"small.bin"]
small is there: [true,"640"]
large is read: true
large into no folder: Sluice\ServerException: cannot move an upload to <folder>/no/where: No such file or directory (os error 2)
large over a folder: Sluice\ServerException: cannot move an upload to <folder>: Is a directory (os error 21)
large to nothing: Sluice\ConfigException: moveTo() takes the path of a file, not ""
large to NUL: Sluice\ConfigException: moveTo() takes the path of a file, not "<folder>/a\x00b"
large to its place: returned null
large again: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
large is gone: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
large is known: [200000,0,"large.bin"]
large is there: [true,"640"]
old is read: true
old into no folder: Sluice\ServerException: cannot move an upload to <folder>/no/where: No such file or directory (os error 2)
old over a folder: Sluice\ServerException: cannot move an upload to <folder>: Is a directory (os error 21)
old to nothing: Sluice\ConfigException: moveTo() takes the path of a file, not ""
old to NUL: Sluice\ConfigException: moveTo() takes the path of a file, not "<folder>/a\x00b"
old to its place: returned null
old again: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
old is gone: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
old is known: [100000,0,"old.bin"]
old is there: [true,"640"]
far is read: true
far into no folder: Sluice\ServerException: cannot move an upload to <folder>/no/where: No such file or directory (os error 2)
far over a folder: Sluice\ServerException: cannot move an upload to <folder>: Is a directory (os error 21)
far to nothing: Sluice\ConfigException: moveTo() takes the path of a file, not ""
far to NUL: Sluice\ConfigException: moveTo() takes the path of a file, not "<folder>/a\x00b"
far to its place: returned null
far again: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
far is gone: Sluice\StateException: the uploaded file was moved already: it is read where it was moved to
far is known: [150000,0,"far.bin"]
far is there: [true,"640"]
who had the old file open reads what was there
large old small
nothing is kept: yes
