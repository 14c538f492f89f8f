--TEST--
setCookie() lists every mistake, takes its security from the scheme, and replaces the same cookie only
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/wrong':
                return [
                    attempt(fn () => $r->setCookie('a b', "\n", expires: -1, maxAge: -1, path: 'x', domain: 'a b', secure: false, sameSite: 'none', partitioned: true)),
                    attempt(fn () => $r->setCookie('__Host-a', path: '/x', secure: false)),
                    attempt(fn () => $r->setCookie('a', str_repeat('v', 4096))),
                    attempt(fn () => $r->setCookie('a', domain: "x\r\nSet-Cookie: b=1")),
                    attempt(fn () => $r->removeCookie('a;b')),
                    $r->getHeader('Set-Cookie'),
                ];
            case '/scheme':
                $r->setCookie('a', '1')->setCookie('b', '2', secure: true)->setCookie('c', '3', secure: false);
                $r->setCookie('d', '4', sameSite: null, httpOnly: false, path: '')->setCookie('e', '5', sameSite: 'strict');
                return 'x';
            case '/same':
                $r->setCookie('a', '1')->setCookie('b', '1')->addHeader('Set-Cookie', 'c=1; path=/');
                $r->setCookie('a', '2', path: '/x')->setCookie('a', '3', domain: 'example.com')->setCookie('a', '4', domain: '.EXAMPLE.com');
                $r->setCookie('c', '2', maxAge: 400 * 86400, expires: 253402300799)->removeCookie('a')->removeCookie('__Host-x');
                return 'x';
            case '/late':
                $r->write('x');
                note(attempt(fn () => $r->setCookie('a')));
        }
    }
    PHP;
$server = serve($handler);
foreach (json_decode(h1($server->url('/wrong'))->body) as $result) {
    echo is_string($result) ? $result : json_encode($result), "\n";
}
foreach ([$server, serve($handler, tls: 'Sluice\Tls::selfSigned()')] as $each) {
    foreach (protocols() as $name => $get) {
        echo "$name {$each->scheme}\n  ", implode("\n  ", $get($each->url('/scheme'))->headers['set-cookie']), "\n";
    }
}
echo implode("\n", h2($server->url('/same'))->headers['set-cookie']), "\n";
h1($server->url('/late'));
$server->finish();
?>
--EXPECT--
Sluice\ConfigException: cookie "a b": 7 mistakes: the name is not a token (letters, digits and !#$%&'*+-.^_`|~); expires is a Unix time from 0 to 253402300799, -1 given; maxAge is a number of seconds from 0 on, -1 given; path "x" is no path: it begins with / and has no semicolon, and other than ASCII is percent-encoded; domain "a b" is no host name: letters, digits, hyphens and dots, internationalized ones in their xn-- form; sameSite None needs secure: browsers ignore the cookie without it; partitioned needs secure: browsers ignore the cookie without it
Sluice\ConfigException: cookie "__Host-a": 2 mistakes: a name that begins with __Host- or __Secure- needs secure; a name that begins with __Host- needs the path / and no domain
Sluice\ConfigException: cookie "a": name and encoded value are 4097 bytes long, and browsers keep 4096 at most
Sluice\ConfigException: cookie "a": domain "x\r\nSet-Cookie: b=1" is no host name: letters, digits, hyphens and dots, internationalized ones in their xn-- form
Sluice\ConfigException: cookie "a;b": the name is not a token (letters, digits and !#$%&'*+-.^_`|~)
[]
h1 http
  a=1; Path=/; HttpOnly; SameSite=Lax
  b=2; Path=/; Secure; HttpOnly; SameSite=Lax
  c=3; Path=/; HttpOnly; SameSite=Lax
  d=4
  e=5; Path=/; HttpOnly; SameSite=Strict
h2 http
  a=1; Path=/; HttpOnly; SameSite=Lax
  b=2; Path=/; Secure; HttpOnly; SameSite=Lax
  c=3; Path=/; HttpOnly; SameSite=Lax
  d=4
  e=5; Path=/; HttpOnly; SameSite=Strict
h1 https
  a=1; Path=/; Secure; HttpOnly; SameSite=Lax
  b=2; Path=/; Secure; HttpOnly; SameSite=Lax
  c=3; Path=/; HttpOnly; SameSite=Lax
  d=4; Secure
  e=5; Path=/; Secure; HttpOnly; SameSite=Strict
h2 https
  a=1; Path=/; Secure; HttpOnly; SameSite=Lax
  b=2; Path=/; Secure; HttpOnly; SameSite=Lax
  c=3; Path=/; HttpOnly; SameSite=Lax
  d=4; Secure
  e=5; Path=/; Secure; HttpOnly; SameSite=Strict
b=1; Path=/; HttpOnly; SameSite=Lax
a=2; Path=/x; HttpOnly; SameSite=Lax
a=4; Domain=EXAMPLE.com; Path=/; HttpOnly; SameSite=Lax
c=2; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax
a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; HttpOnly; SameSite=Lax
__Host-x=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax
exit 0
stdout: Sluice\StateException: the head of the response is sent: it is too late to set a cookie
