--TEST--
A function name, a method pair, an invokable object, a static method and a first-class callable all serve
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (["'by_name'", "[new Site(), 'page']", "'Site::fixed'", 'new Site()', '(new Site())->page(...)'] as $callable) {
    $server = serve($callable, before: <<<'PHP'
        function by_name($request) { return 'function'; }
        final class Site {
            public function page($request) { return 'method'; }
            public static function fixed($request) { return 'static'; }
            public function __invoke($request) { return 'invoked'; }
        }
        PHP);
    echo h1($server->url()), "\n";
    $server->stop();
}
?>
--EXPECT--
200 function
200 method
200 static
200 invoked
200 method
