<?php

namespace Sluice;

/**
 *     $server->mount(new Sluice\Files('public', cacheControl: 'max-age=3600', precompressed: ['br', 'gzip']));
 *
 * A folder whose files a server answers with by itself, {@see Server::mount()}: GET and HEAD, with conditions, ranges
 * and types as {@see Response::sendFile()} has them. No path leads out of the folder. What is refused looks as what is
 * not there.
 */
final class Files
{
    /**
     * @param string $root The folder. A relative path is relative to the working directory of the process. What it leads
     *     to when a worker starts stays the folder, so that a link that is switched counts from the next reload on
     * @param string $prefix Where its paths begin, such as `/static`: a prefix ends where a name does
     * @param ?string $index The file that stands for a folder, whose path ends with a slash: one without it is redirected.
     *     null: none does
     * @param ?string $cacheControl The Cache-Control of every file; null sends none
     * @param bool $fallback Whether the handler answers for what is not there, and for other methods than GET and HEAD;
     *     else the client gets 404, and 405
     * @param array<string> $precompressed Codings that files may lie there in, the best first: `br` (page.html.br), `zstd`
     *     (.zst) and `gzip` (.gz), beside the original. The client's Accept-Encoding decides
     * @param bool $dotfiles Whether names that begin with a dot are served. `.well-known` at the top always is
     * @param string $symlinks Which symbolic links are followed: `inside`: relative ones that stay below the root; `deny`:
     *     none; `follow`: all
     * @param array<string, string> $types Types by the endings of names, such as `['md' => 'text/markdown']`, before the
     *     usual ones
     * @throws ConfigException A value is not one of these, or the root is not a folder; the message lists every mistake
     * @throws ServerException open_basedir does not allow the root
     */
    public function __construct(
        string $root,
        string $prefix = '/',
        ?string $index = 'index.html',
        ?string $cacheControl = null,
        bool $fallback = true,
        array $precompressed = [],
        bool $dotfiles = false,
        string $symlinks = 'inside',
        array $types = [],
    ) {}
}
