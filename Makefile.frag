# Cargo builds the extension, with its own rules; make needs to know only when to ask. It does not ask when nothing
# changed, so that `sudo make install` after `make` needs no Rust for root.
SLUICE_SOURCES := $(shell find $(top_srcdir)/src -type f) $(wildcard $(top_srcdir)/build.rs) \
	$(top_srcdir)/Cargo.toml $(top_srcdir)/Cargo.lock

# As in ./dev, which says why.
SLUICE_RUSTFLAGS = -Cllvm-args=-inline-threshold=600

# The old file is removed, not overwritten: a PHP that runs has it mapped.
$(phplibdir)/sluice.so: $(SLUICE_SOURCES)
	+cd $(top_srcdir) && PHP=$(PHP_EXECUTABLE) PHP_CONFIG=`command -v $(PHP_CONFIG)` \
		RUSTFLAGS="$$RUSTFLAGS $(SLUICE_RUSTFLAGS)" $(CARGO) build --release --locked --lib --target-dir $(top_builddir)/target
	@mkdir -p $(phplibdir)
	rm -f $@
	cp $(top_builddir)/target/release/libsluice.so $@

# phpize's `make clean` deletes every *.o, *.a and *.so below here, and so half of Cargo's target folder: Cargo would
# not notice, and the next build would fail to link. All of it goes first.
clean: sluice-clean

sluice-clean:
	cd $(top_srcdir) && $(CARGO) clean --target-dir $(top_builddir)/target

.PHONY: sluice-clean

# `make test` runs phpt/, or what TESTS names. phpize's rule drops every `extension=` line from php.ini; our tests use
# shared extensions such as curl, so only an installed sluice is dropped, and PHP's own extension_dir stays.
TESTS = $(top_srcdir)/phpt
PHP_DEPRECATED_DIRECTIVES_REGEX = '^[\t ]*(zend_)?extension[\t ]*=.*sluice'
PHP_TEST_SHARED_EXTENSIONS = -d extension_dir=$(EXTENSION_DIR) -d extension=$(phplibdir)/sluice.so

# run-tests.php offers to mail failures to the PHP project, which does not keep this extension.
export NO_INTERACTION = 1
