--TEST--
SIGTERM and SIGINT refuse new connections, finish the request in flight, and start() returns
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['SIGTERM' => 15, 'SIGINT' => 2] as $name => $signal) {
    foreach (['h1', 'h2'] as $protocol) {
        $server = serve(<<<'PHP'
            function ($request, $response) {
                note('in the handler');
                $response->write('first ');
                $response->awaitWritable();
                while (!file_exists($request->getQueryParams()['go'])) Sluice\delay(0.005);
                $response->end('last');
            }
            PHP, after: 'note("drained");');
        $go = scratch_file('go');
        $transfer = transfer($server->url("/?go=$go"), $protocol === 'h2', true);
        $multi = curl_multi_init();
        curl_multi_add_handle($multi, $transfer->handle);
        until('the first bytes', function () use ($multi, $transfer) {
            curl_multi_exec($multi, $running);
            curl_multi_select($multi, 0.01);
            return $transfer->body !== '';
        });
        $server->signal($signal);
        until('the port to close', fn () => @stream_socket_client($server->addresses[0]) === false);
        touch($go);
        do {
            curl_multi_exec($multi, $running);
            curl_multi_select($multi, 0.01);
        } while ($running);
        $result = curl_multi_info_read($multi)['result'];
        echo "$name $protocol: curl $result, {$transfer->body}, exit {$server->wait()}, ", json_encode($server->stdout), "{$server->stderr}\n";
    }
}
?>
--EXPECT--
SIGTERM h1: curl 0, first last, exit 0, "in the handler\ndrained\n"
SIGTERM h2: curl 0, first last, exit 0, "in the handler\ndrained\n"
SIGINT h1: curl 0, first last, exit 0, "in the handler\ndrained\n"
SIGINT h2: curl 0, first last, exit 0, "in the handler\ndrained\n"
