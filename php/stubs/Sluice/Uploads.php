<?php

namespace Sluice;

/**
 *     $server = new Sluice\Server(
 *         limits: new Sluice\Limits(body: 2 << 30),
 *         uploads: new Sluice\Uploads(files: 5, fileSize: 1 << 30),
 *     );
 *
 * How much of a form one request may bring, and where its files are kept until they are moved. {@see Limits::$body} bounds
 * the form as a whole.
 */
final class Uploads
{
    /**
     * @param int $fields The most fields of a form, file inputs that were left empty among them: 0 to 100000
     * @param int $fieldSize The largest value of a field, in bytes: 0 to 1 GiB. Fields are held in memory
     * @param int $files The most files of a form: 0 to 10000
     * @param ?int $fileSize The largest file, in bytes: 0 to 1 TiB; null: {@see Limits::$body} alone bounds it
     * @param int $memory How many bytes of one file are held in memory before it goes to disk: 0 to 16 MiB
     * @param ?string $directory The folder for files on disk; null takes `upload_tmp_dir` of php.ini, and where that takes
     *     no files the system's folder for temporary files
     * @throws ConfigException A value is out of bounds, or there is no such folder; the message lists every mistake
     */
    public function __construct(
        int $fields = 1000,
        int $fieldSize = 1048576,
        int $files = 20,
        ?int $fileSize = null,
        int $memory = 65536,
        ?string $directory = null,
    ) {}
}
