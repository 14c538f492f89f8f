--TEST--
setContentDisposition() offers a body under any name in the two forms that clients know, and refuses what could break the header
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$names = [
    'plain.txt', 'two words.txt', 'a;b=c,d.txt', 'Übersicht 2025.pdf', '日本語.txt', '🦀.rs', 'quo"te.txt', '100%.txt', '100%41.txt', "apostrophe's.txt", 'back\\slash',
    '../../etc/passwd', 'C:\\evil.exe', '.htaccess', ' spaced ', 'a*b', str_repeat('ü', 300) . '.txt',
];
$refused = ['', "a\r\nX-Evil: 1", "a\nb", "a\0b", "tab\tbed", "del\x7f", "c1\u{85}", "\xff\xfe.txt", "cut \xc3"];
$types = ['inline', 'attachment', 'INLINE', 'form-data', '', 'in line', 'a;b', "a\r\nb", 'ü', 'a"b'];
$folder = folder(['file.txt' => 1000]);
[$nameList, $refusedList, $typeList] = array_map(fn ($list) => var_export($list, true), [$names, $refused, $types]);
$server = serve(<<<PHP
    function (\$request, \$response) use (\$names, \$refused, \$types) {
        ['at' => \$at] = \$request->getQueryParams() + ['at' => 0];
        switch (\$request->getPath()) {
            case '/refused': return attempt(fn () => \$response->setContentDisposition(\$refused[\$at])) . json_encode(\$response->getHeaders());
            case '/type': return attempt(fn () => \$response->setContentDisposition('x', \$types[\$at])) . json_encode(\$response->getHeaders());
            case '/late':
                \$response->write('late ');
                \$response->end(attempt(fn () => \$response->setContentDisposition('x')));
                return;
            case '/twice': \$response->setContentDisposition('first')->setContentDisposition('second', 'inline'); return 'x';
            case '/by-hand': \$response->setHeader('Content-Disposition', 'inline')->setContentDisposition('x'); return 'x';
        }
        \$response->setContentDisposition(\$names[\$at])->sendFile('$folder/file.txt');
    }
    PHP, before: "\$names = $nameList; \$refused = $refusedList; \$types = $typeList;");
foreach ($names as $at => $name) {
    foreach (protocols() as $protocol => $get) {
        $answer = $get($server->url("/?at=$at"));
        $field = $answer->header('content-disposition');
        preg_match('~^attachment; filename="([ !#-\[\]-\x7e]*)"(?:; filename\*=UTF-8\'\'([\w!#$&+.^`|\~%-]*))?$~D', $field, $found) || print("NOT AS IN RFC 6266: $field\n");
        $meant = isset($found[2]) ? rawurldecode($found[2]) : $found[1];
        $meant === strtr($name, '/\\', '__') || print("$protocol: $name CAME AS $meant\n");
        // An old client reads the first form, and may decode it.
        preg_match('/%[0-9a-f]{2}/i', $found[1]) === 0 || print("MAY BE DECODED: $found[1]\n");
        $answer->isBody(1000) && $answer->header('content-type') === 'text/plain; charset=utf-8' || print("NOT SENT: $answer\n");
    }
    echo strlen($field) > 200 ? substr($field, 0, 30) . '...' . strlen($field) : $field, "\n";
}
echo "\n";
foreach (array_keys($refused) as $at) {
    echo h1($server->url("/refused?at=$at"))->body, "\n";
}
echo "\n";
foreach (array_keys($types) as $at) {
    echo h1($server->url("/type?at=$at"))->body, "\n";
}
echo "\n";
foreach (['/twice', '/by-hand'] as $path) {
    echo "$path: ", h1($server->url($path))->header('content-disposition'), "\n";
}
echo '/late: ', h1($server->url('/late'))->body, "\n";
// What a downloader makes of it.
$folder = scratch('downloads');
mkdir($folder);
foreach (['plain.txt', 'two words.txt', '../../etc/passwd', '.htaccess'] as $name) {
    $at = array_search($name, $names, true);
    command(['curl', '-q', '-sS', '--noproxy', '*', '-OJ', '--output-dir', $folder, $server->url("/?at=$at")]);
}
echo 'curl -OJ: ', implode(', ', array_diff(scandir($folder), ['.', '..'])), "\n";
$server->finish();
?>
--EXPECT--
attachment; filename="plain.txt"
attachment; filename="two words.txt"
attachment; filename="a;b=c,d.txt"
attachment; filename="_bersicht 2025.pdf"; filename*=UTF-8''%C3%9Cbersicht%202025.pdf
attachment; filename="___.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt
attachment; filename="_.rs"; filename*=UTF-8''%F0%9F%A6%80.rs
attachment; filename="quo'te.txt"; filename*=UTF-8''quo%22te.txt
attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt
attachment; filename="100_41.txt"; filename*=UTF-8''100%2541.txt
attachment; filename="apostrophe's.txt"
attachment; filename="back_slash"
attachment; filename=".._.._etc_passwd"
attachment; filename="C:_evil.exe"
attachment; filename=".htaccess"
attachment; filename=" spaced "
attachment; filename="a*b"
attachment; filename="________...2150

Sluice\ConfigException: the file name to offer: it is empty: leave the header away, or say a name[]
Sluice\ConfigException: the file name to offer: "a\r\nX-Evil: 1" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "a\nb" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "a\0b" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "tab\tbed" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "del\u{7f}" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "c1\u{85}" has a control character; these are not allowed[]
Sluice\ConfigException: the file name to offer: "\xff\xfe.txt" is not UTF-8[]
Sluice\ConfigException: the file name to offer: "cut \xc3" is not UTF-8[]

returned Sluice\Response{"content-disposition":["inline; filename=\"x\""]}
returned Sluice\Response{"content-disposition":["attachment; filename=\"x\""]}
returned Sluice\Response{"content-disposition":["INLINE; filename=\"x\""]}
returned Sluice\Response{"content-disposition":["form-data; filename=\"x\""]}
Sluice\ConfigException: the disposition "" is not a token: "attachment" and "inline" are the usual ones[]
Sluice\ConfigException: the disposition "in line" is not a token: "attachment" and "inline" are the usual ones[]
Sluice\ConfigException: the disposition "a;b" is not a token: "attachment" and "inline" are the usual ones[]
Sluice\ConfigException: the disposition "a\r\nb" is not a token: "attachment" and "inline" are the usual ones[]
Sluice\ConfigException: the disposition "\xc3\xbc" is not a token: "attachment" and "inline" are the usual ones[]
Sluice\ConfigException: the disposition "a\"b" is not a token: "attachment" and "inline" are the usual ones[]

/twice: inline; filename="second"
/by-hand: attachment; filename="x"
/late: late Sluice\StateException: the head of the response is sent: it is too late to set a header
curl -OJ: .._.._etc_passwd, .htaccess, plain.txt, two words.txt
exit 0
