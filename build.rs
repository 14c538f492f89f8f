//! Compiles the C shim against the headers of the PHP that the extension is built for.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    versions();
    #[cfg(feature = "php")]
    php::build();
}

/// The versions in use, for `php --ri sluice`: what the lock file says is what is built.
fn versions() {
    println!("cargo:rerun-if-changed=Cargo.lock");
    let lock = std::fs::read_to_string("Cargo.lock").unwrap_or_default();
    for (variable, name) in [
        ("SLUICE_HYPER", "hyper"),
        ("SLUICE_H2", "h2"),
        ("SLUICE_TOKIO", "tokio"),
        ("SLUICE_RUSTLS", "rustls"),
        ("SLUICE_AWS_LC", "aws-lc-rs"),
        ("SLUICE_ZLIB_RS", "zlib-rs"),
        ("SLUICE_BROTLI", "brotli"),
        ("SLUICE_ZSTD", "zstd-sys"),
    ] {
        let version = version_of(&lock, name).unwrap_or("unknown");
        println!("cargo:rustc-env={variable}={version}");
    }
}

fn version_of<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next()
}

#[cfg(feature = "php")]
mod php {
    use std::process::Command;

    pub(super) fn build() {
        println!("cargo:rerun-if-changed=src/php/zend/shim.h");
        println!("cargo:rerun-if-env-changed=PHP_CONFIG");
        let mut shim = cc::Build::new();
        for name in [
            "fibers",
            "forms",
            "json",
            "output",
            "shim",
            "shortcuts",
            "values",
        ] {
            let file = format!("src/php/zend/{name}.c");
            println!("cargo:rerun-if-changed={file}");
            shim.file(file);
        }
        shim.flag("-std=gnu11")
            .warnings(true)
            .flag_if_supported("-Wno-unused-parameter");
        for include in includes().split_whitespace() {
            // A system include: warnings in PHP's own headers are not ours.
            shim.flag("-isystem").flag(include.trim_start_matches("-I"));
        }
        shim.compile("sluice_shim");
    }

    fn includes() -> String {
        let config = std::env::var("PHP_CONFIG").unwrap_or_else(|_| "php-config".into());
        let output = Command::new(&config)
            .arg("--includes")
            .output()
            .unwrap_or_else(|error| {
                panic!("{config} cannot be run ({error}): install PHP's headers (php-dev) or set PHP_CONFIG")
            });
        assert!(output.status.success(), "{config} --includes failed");
        String::from_utf8(output.stdout).expect("php-config prints text")
    }
}
