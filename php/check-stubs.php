<?php

/**
 *     php php/check-stubs.php target/debug/libsluice.so
 *
 * Compares the stubs with the extension, both as Reflection sees them: classes, constants, properties, methods,
 * functions, parameters with their types and defaults, return types. Each side is read by a PHP process of its own,
 * because both declare the same names. Prints the differences and exits with 1 when there are any.
 */

declare(strict_types=1);

namespace SluiceStubs;

const NS = 'Sluice\\';

function main(array $arguments): int
{
    if ($arguments === ['--read-stubs']) {
        load_stubs(__DIR__ . '/stubs/Sluice');
        echo json_encode(facts(), JSON_THROW_ON_ERROR);
        return 0;
    }
    if ($arguments === ['--read-extension']) {
        echo json_encode(facts(), JSON_THROW_ON_ERROR);
        return 0;
    }
    if (count($arguments) !== 1 || !is_file($arguments[0])) {
        fwrite(STDERR, "usage: php check-stubs.php <the built extension, libsluice.so>\n");
        return 2;
    }
    $stubs = read_side(['--read-stubs']);
    $extension = read_side(['--read-extension'], ['-d', 'extension=' . realpath($arguments[0])]);
    if ($stubs === [] || $extension === []) {
        $empty = $stubs === [] ? 'The stubs declare' : 'The extension declares';
        fwrite(STDERR, "stubs: $empty nothing in the namespace Sluice\n");
        return 1;
    }
    return report($stubs, $extension);
}

/** @return array<string, string> What the other process declares */
function read_side(array $arguments, array $options = []): array
{
    $command = [PHP_BINARY, '-n', '-d', 'display_errors=stderr', ...$options, __FILE__, ...$arguments];
    $process = proc_open($command, [1 => ['pipe', 'w']], $pipes);
    $output = stream_get_contents($pipes[1]);
    $status = proc_close($process);
    if ($status !== 0) {
        throw new \RuntimeException("php ended with status $status: " . implode(' ', $command));
    }
    return json_decode($output, true, flags: JSON_THROW_ON_ERROR);
}

/** Loads every stub; a class that another one needs is loaded when it is asked for. */
function load_stubs(string $folder): void
{
    spl_autoload_register(static function (string $class) use ($folder): void {
        if (str_starts_with($class, NS)) {
            require_once $folder . '/' . substr($class, strlen(NS)) . '.php';
        }
    });
    foreach (glob($folder . '/*.php') as $file) {
        require_once $file;
    }
}

/** @param array<string, string> $stubs @param array<string, string> $extension */
function report(array $stubs, array $extension): int
{
    $different = 0;
    $names = array_keys($stubs + $extension);
    sort($names);
    foreach ($names as $name) {
        $stub = $stubs[$name] ?? 'missing';
        $real = $extension[$name] ?? 'missing';
        if ($stub !== $real) {
            $different++;
            echo "$name\n    stubs:     $stub\n    extension: $real\n";
        }
    }
    echo $different === 0
        ? 'stubs: ' . count($names) . " declarations, all as the extension has them\n"
        : "stubs: $different of " . count($names) . " declarations differ\n";
    return $different === 0 ? 0 : 1;
}

/** @return array<string, string> Each declaration of the namespace, under its name */
function facts(): array
{
    $facts = [];
    foreach ([...get_declared_classes(), ...get_declared_interfaces(), ...get_declared_traits()] as $class) {
        if (str_starts_with($class, NS)) {
            $facts += class_facts(new \ReflectionClass($class));
        }
    }
    foreach (array_merge(...array_values(get_defined_functions())) as $function) {
        // get_defined_functions() gives names in lower case.
        if (str_starts_with($function, strtolower(NS))) {
            $reflection = new \ReflectionFunction($function);
            $facts["function {$reflection->getName()}()"] = signature($reflection);
        }
    }
    foreach (get_defined_constants() as $name => $value) {
        if (str_starts_with($name, NS)) {
            $facts["const $name"] = literal($value);
        }
    }
    return $facts;
}

/** @return array<string, string> */
function class_facts(\ReflectionClass $class): array
{
    $name = $class->getName();
    $facts = ["class $name" => class_head($class)];
    foreach ($class->getReflectionConstants() as $constant) {
        if ($constant->getDeclaringClass()->getName() === $name) {
            $facts["const $name::{$constant->getName()}"] = modifiers($constant) . ' = ' . literal($constant->getValue());
        }
    }
    foreach ($class->getProperties() as $property) {
        if ($property->getDeclaringClass()->getName() === $name) {
            $facts["property $name::\${$property->getName()}"] = property($property);
        }
    }
    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() === $name) {
            $facts["method $name::{$method->getName()}()"] = modifiers($method) . ' function ' . signature($method);
        }
    }
    return $facts;
}

function class_head(\ReflectionClass $class): string
{
    $kind = match (true) {
        $class->isInterface() => 'interface',
        $class->isTrait() => 'trait',
        $class->isEnum() => 'enum',
        default => 'class',
    };
    $parent = $class->getParentClass();
    $interfaces = $class->getInterfaceNames();
    sort($interfaces);
    return implode(' ', array_filter([
        $class->isFinal() ? 'final' : '',
        $class->isAbstract() && !$class->isInterface() ? 'abstract' : '',
        $kind,
        $parent ? "extends {$parent->getName()}" : '',
        $interfaces ? 'implements ' . implode(', ', $interfaces) : '',
    ]));
}

function property(\ReflectionProperty $property): string
{
    $default = $property->hasDefaultValue() && $property->getDefaultValue() !== null
        ? ' = ' . literal($property->getDefaultValue())
        : '';
    return trim(modifiers($property) . ' ' . ($property->getType() ?? '(no type)')) . $default;
}

function modifiers(\ReflectionMethod|\ReflectionProperty|\ReflectionClassConstant $member): string
{
    return implode(' ', \Reflection::getModifierNames($member->getModifiers()));
}

function signature(\ReflectionFunctionAbstract $function): string
{
    $type = $function->getReturnType() ?? $function->getTentativeReturnType();
    return ($function->returnsReference() ? '&' : '')
        . '(' . implode(', ', array_map(parameter(...), $function->getParameters())) . ')'
        . ($type === null ? '' : ": $type");
}

function parameter(\ReflectionParameter $parameter): string
{
    $name = ($parameter->isPassedByReference() ? '&' : '')
        . ($parameter->isVariadic() ? '...' : '')
        . "\${$parameter->getName()}";
    return ltrim("{$parameter->getType()} $name") . default_of($parameter);
}

function default_of(\ReflectionParameter $parameter): string
{
    if (!$parameter->isOptional() || $parameter->isVariadic()) {
        return '';
    }
    if (!$parameter->isDefaultValueAvailable()) {
        return ' = (unknown)';
    }
    try {
        return ' = ' . literal($parameter->getDefaultValue());
    } catch (\Throwable $error) {
        return " = (not PHP: {$error->getMessage()})";
    }
}

function literal(mixed $value): string
{
    return is_array($value) ? json_encode($value, JSON_THROW_ON_ERROR) : var_export($value, true);
}

exit(main(array_slice($argv, 1)));
