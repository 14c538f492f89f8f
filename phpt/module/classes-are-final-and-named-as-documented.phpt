--TEST--
The classes, their ancestors and the function exist under their settled names
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['Server', 'Tls', 'Files', 'Compression', 'Uploads', 'Proxies', 'Limits', 'Timeouts', 'Request', 'UploadedFile',
    'Parts', 'Part', 'TlsInfo', 'ClientCertificate', 'Response', 'EventStream'] as $name) {
    echo $name, (new ReflectionClass("Sluice\\$name"))->isFinal() ? ' is final' : ' IS NOT FINAL', "\n";
}
echo 'Exception is ', interface_exists('Sluice\Exception') ? 'an interface' : 'MISSING',
    is_subclass_of('Sluice\Exception', Throwable::class) ? " and Throwable\n" : " BUT NOT Throwable\n";
$exceptions = ['Server', 'Config', 'Bind', 'Tls', 'ClientGone', 'BodyTooLarge', 'BadRequest', 'Timeout', 'State'];
foreach ($exceptions as $name) {
    $class = new ReflectionClass("Sluice\\{$name}Exception");
    echo $class->getShortName(), ' extends ', $class->getParentClass()->getName(),
        $class->implementsInterface('Sluice\Exception') ? '' : ' BUT IS NO Sluice\Exception', "\n";
}
echo new ReflectionFunction('Sluice\delay') instanceof ReflectionFunction ? "delay\n" : '';
?>
--EXPECT--
Server is final
Tls is final
Files is final
Compression is final
Uploads is final
Proxies is final
Limits is final
Timeouts is final
Request is final
UploadedFile is final
Parts is final
Part is final
TlsInfo is final
ClientCertificate is final
Response is final
EventStream is final
Exception is an interface and Throwable
ServerException extends RuntimeException
ConfigException extends InvalidArgumentException
BindException extends Sluice\ServerException
TlsException extends Sluice\ServerException
ClientGoneException extends Sluice\ServerException
BodyTooLargeException extends Sluice\ServerException
BadRequestException extends Sluice\ServerException
TimeoutException extends Sluice\ServerException
StateException extends LogicException
delay
