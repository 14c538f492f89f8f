--TEST--
A wait that foreign code resumes or throws into ends there, and its late wake-up does no harm
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        $log = [];
        $f = new Fiber(function () use (&$log) {
            try { Sluice\delay(0.05); $log[] = 'delay returned'; } catch (Throwable $e) { $log[] = get_class($e); }
            Sluice\delay(0.1);
            $log[] = 'second delay returned';
        });
        $f->start();
        try { $request->getPath() === '/throw' ? $f->throw(new DomainException('x')) : $f->resume(); $log[] = 'resumed'; }
        catch (Throwable $e) { $log[] = 'resume threw ' . get_class($e); }
        $began = hrtime(true);
        while (!$f->isTerminated() && hrtime(true) - $began < 2e9) Sluice\delay(0.01);
        $log[] = $f->isTerminated() ? 'terminated' : 'STUCK';
        return $log;
    }
    PHP);
echo h1($server->url('/resume')), "\n";
echo h1($server->url('/throw')), "\n";
echo h1($server->url('/resume'))->status, "\n";
$server->finish();
?>
--EXPECTF--
200 [%s"second delay returned","terminated"]
200 ["DomainException",%s"second delay returned","terminated"]
200
exit 0
