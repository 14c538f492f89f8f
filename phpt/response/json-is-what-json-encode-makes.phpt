--TEST--
json() makes what json_encode() makes, to the byte: of plain values, and of all others
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        mt_srand(7);
        $random = fn () => unpack('E', pack('J', mt_rand(0, 0xffff) << 48 | mt_rand(0, 0xffffff) << 24 | mt_rand(0, 0xffffff)))[1];
        $finite = function () use ($random) { do { $number = $random(); } while (!is_finite($number)); return $number; };
        $usual = fn () => round(mt_rand() / mt_rand(1, 1 << 20), mt_rand(0, 8)) * [1, -1][mt_rand(0, 1)];
        $string = function (int $length) {
            for ($text = ''; $length > 0; $length--) {
                do {
                    $point = mt_rand(0, [0x7f, 0x7f, 0x7ff, 0xffff, 0x10ffff][mt_rand(0, 4)]);
                } while ($point >= 0xd800 && $point <= 0xdfff);
                $text .= utf8($point);
            }
            return $text;
        };
        $linked = [1, 2];
        $reference = &$linked[1];
        $values = [
            'usual' => fn () => array_map($usual, range(1, 5000)),
            'edges' => fn () => [0.0, -0.0, 1.0, -1.0, 1e-4, 9.999e-5, 0.1, 0.30000000000000004, 1e14, 999999999999999.9, 1e15, 1e16, 1e17, 1e18, 1e22, 1.5e300,
                5e-324, PHP_FLOAT_MAX, PHP_FLOAT_MIN, PHP_INT_MAX, PHP_INT_MIN, 0, -1, 123456.789, 4503599627370496.5, 100.0, 1/3, 2/3],
            'floats' => fn () => array_map($finite, range(1, 300)),
            'strings' => fn () => array_map($string, range(0, 200)),
            'bytes' => fn () => array_map('chr', range(0, 127)),
            'longer' => fn () => array_map(fn ($n) => str_repeat('x', $n) . chr($n % 128) . str_repeat('y', $n), range(0, 300)),
            'keys' => fn () => ['a' => 1, 'b"/' => 2, '' => 3, 7 => 4, -7 => 5, 'ü' => 6, "\n" => 7],
            'holes' => fn () => [[], [[]], [1 => 'a'], [1 => 'a', 0 => 'b'], array_filter([1, null, 3]), [0 => 'a', 1 => 'b'], ['x' => []]],
            'kinds' => fn () => [null, true, false, 1, 1.0, 'text', [], ['a' => null]],
            'reference' => fn () => $linked,
            'deep' => function () { for ($deep = 'x', $i = 0; $i < 511; $i++) { $deep = [$deep]; } return $deep; },
            'object' => fn () => ['a' => (object) ['b' => 1.5], 'c' => new ArrayObject([1]), 'd' => new stdClass()],
            'serializable' => fn () => [1, new class implements JsonSerializable { function jsonSerialize(): mixed { return ['made' => 2.0]; } }],
            'date' => fn () => [new DateTimeImmutable('2026-02-03 04:05:06 UTC')],
            'scalar' => fn () => "a/b\u{1F600}",
            'too deep' => function () { for ($deep = 'x', $i = 0; $i < 513; $i++) { $deep = [$deep]; } return $deep; },
            'infinite' => fn () => [1.0, INF],
            'broken' => fn () => ['good', "bad \xff"],
            'cut' => fn () => ["cut \xe2\x82"],
            'overlong' => fn () => ["\xc0\xaf"],
            'surrogate' => fn () => ["\xed\xa0\x80"],
            'beyond' => fn () => ["\xf4\x90\x80\x80"],
            'recursive' => function () { $self = [1]; $self[] = &$self; return $self; },
        ];
        if ($request->getPath() === '/names') {
            return implode("\n", array_keys($values));
        }
        $value = $values[rawurldecode(substr($request->getPath(), 1))]();
        $said = function (callable $encode) { try { return $encode(); } catch (Throwable $e) { return get_class($e) . ': ' . $e->getMessage(); } };
        $wanted = $said(fn () => json_encode($value, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION));
        $response->setHeader('X-Wanted', hash('sha256', $wanted));
        $made = $said(fn () => $response->json($value));
        if ($made !== null) {
            $response->end($made);
        }
        if ($request->getPath() === '/recursive') {
            $value[1] = null; // else it would keep itself for ever
        }
    }
    PHP, before: <<<'PHP'
    function utf8(int $point): string
    {
        return match (true) {
            $point < 0x80 => chr($point),
            $point < 0x800 => chr(0xc0 | $point >> 6) . chr(0x80 | $point & 0x3f),
            $point < 0x10000 => chr(0xe0 | $point >> 12) . chr(0x80 | $point >> 6 & 0x3f) . chr(0x80 | $point & 0x3f),
            default => chr(0xf0 | $point >> 18) . chr(0x80 | $point >> 12 & 0x3f) . chr(0x80 | $point >> 6 & 0x3f) . chr(0x80 | $point & 0x3f),
        };
    }
    PHP);
foreach (explode("\n", h1($server->url('/names'))->body) as $name) {
    $answer = h1($server->url('/' . rawurlencode($name)));
    $same = hash('sha256', $answer->body) === $answer->header('x-wanted');
    echo $name, ': ', $same ? 'the same' : "$answer", str_contains($answer->body, 'Exception: ') ? ", $answer->body" : '', "\n";
}
$server->finish();
?>
--EXPECT--
usual: the same
edges: the same
floats: the same
strings: the same
bytes: the same
longer: the same
keys: the same
holes: the same
kinds: the same
reference: the same
deep: the same
object: the same
serializable: the same
date: the same
scalar: the same
too deep: the same, JsonException: Maximum stack depth exceeded
infinite: the same, JsonException: Inf and NaN cannot be JSON encoded
broken: the same, JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
cut: the same, JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
overlong: the same, JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
surrogate: the same, JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
beyond: the same, JsonException: Malformed UTF-8 characters, possibly incorrectly encoded
recursive: the same, JsonException: Recursion detected
exit 0
