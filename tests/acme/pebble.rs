//! Pebble, Let's Encrypt's CA for tests, on loopback: with a name server to which each name is 127.0.0.1.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;

/// A CA that runs until it is dropped, and its folder.
pub struct Pebble {
    pub folder: PathBuf,
    pub ports: Ports,
    /// The certificate of its own HTTP server, as PEM.
    pub directory_ca: String,
    program: PathBuf,
    running: Vec<Child>,
}

#[derive(Clone, Copy)]
pub struct Ports {
    directory: u16,
    management: u16,
    dns: u16,
}

impl Pebble {
    /// Starts one that validates at `tls_port`; `None` where the programs are not installed.
    pub fn start(name: &str, tls_port: u16) -> Option<Self> {
        let (Some(program), Some(dns)) = (program("pebble"), program("pebble-challtestsrv")) else {
            println!("NOT TESTED: pebble is not installed; ./dev test installs it where Go is");
            return None;
        };
        let folder =
            std::env::temp_dir().join(format!("sluice-pebble-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let [directory, management, dns_port] = free_ports();
        let ports = Ports {
            directory,
            management,
            dns: dns_port,
        };
        let directory_ca = certificate(&folder);
        configure(&folder, ports, tls_port);
        let names = Command::new(dns)
            .args(["-dnsserver", &format!("127.0.0.1:{dns_port}")])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", ""])
            .args(["-management", "", "-defaultIPv6", ""])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pebble = Self {
            folder,
            ports,
            directory_ca,
            program,
            running: vec![names],
        };
        wait_for_port(dns_port);
        pebble.launch();
        Some(pebble)
    }

    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.ports.directory)
    }

    /// Ends it and starts it anew: it has forgotten everything.
    pub fn restart(&mut self) {
        let mut pebble = self.running.pop().unwrap();
        pebble.kill().unwrap();
        pebble.wait().unwrap();
        self.launch();
    }

    fn launch(&mut self) {
        let log = fs::File::create(self.folder.join("log")).unwrap();
        let pebble = Command::new(&self.program)
            .arg("-strict")
            .arg("-config")
            .arg(self.folder.join("config.json"))
            .args(["-dnsserver", &format!("127.0.0.1:{}", self.ports.dns)])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_AUTHZREUSE", "0")
            // Some nonces of a hundred are refused, as a CA may do at any time; three in a row fail an order.
            .env("PEBBLE_WFE_NONCEREJECT", "3")
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running.push(pebble);
        wait_for_port(self.ports.directory);
        wait_for_port(self.ports.management);
    }

    /// Has it say that the certificate in `pem` is to be renewed at once.
    pub async fn suggest_renewal(&self, pem: &str) {
        let certificate = pem[pem.find("-----BEGIN CERT").unwrap()..].to_owned();
        let window = r#"{"suggestedWindow": {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}}"#;
        let body = serde_json::json!({"certificate": certificate, "ariResponse": window});
        let answer = self.post("/set-renewal-info/", &body.to_string()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    async fn post(&self, path: &str, body: &str) -> String {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(self.directory_ca.as_bytes()).unwrap();
        roots.add(root).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = tokio::net::TcpStream::connect(("127.0.0.1", self.ports.management))
            .await
            .unwrap();
        let mut stream = TlsConnector::from(Arc::new(config))
            .connect("localhost".try_into().unwrap(), tcp)
            .await
            .unwrap();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            println!("--- pebble\n{log}");
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// From the path, or where ./dev has installed it.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()?
        .join("pebble/bin");
    std::env::split_paths(&path)
        .chain([installed])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Ports that nobody had a moment ago: these programs cannot be given port 0.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn wait_for_port(port: u16) {
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "nobody listens on {port}"
        );
        std::thread::yield_now();
    }
}

fn certificate(folder: &Path) -> String {
    let key = KeyPair::generate().unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap();
    fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    certificate.pem()
}

fn configure(folder: &Path, ports: Ports, tls_port: u16) {
    let config = serde_json::json!({"pebble": {
        "listenAddress": format!("127.0.0.1:{}", ports.directory),
        "managementListenAddress": format!("127.0.0.1:{}", ports.management),
        "certificate": folder.join("cert.pem"),
        "privateKey": folder.join("key.pem"),
        "httpPort": tls_port,
        "tlsPort": tls_port,
        "domainBlocklist": ["blocked.test"],
        "retryAfter": {"authz": 1, "order": 1},
        "keyAlgorithm": "ecdsa",
    }});
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
}
