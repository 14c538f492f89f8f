dnl phpize && ./configure && make && make test && make install
dnl Cargo builds the extension (see Makefile.frag); this finds it, and says how to get it when it is not there.

PHP_ARG_ENABLE([sluice],
  [whether to enable Sluice],
  [AS_HELP_STRING([--enable-sluice], [Enable Sluice, an async HTTP and TLS server])],
  [yes])

AC_ARG_VAR([CARGO], [cargo, when it is neither in PATH nor in ~/.cargo/bin])

if test "$PHP_SLUICE" != "no"; then
  AC_PATH_PROG([CARGO], [cargo], [], [$PATH:${CARGO_HOME:-$HOME/.cargo}/bin])
  if test -z "$CARGO"; then
    AC_MSG_ERROR([Sluice is written in Rust, and cargo is missing. Get it with rustup (https://rustup.rs), or name it: ./configure CARGO=/path/to/cargo])
  fi

  AC_MSG_CHECKING([whether $CARGO is new enough])
  sluice_least=`$SED -n 's/^rust-version = "\(.*\)"/\1/p' $abs_srcdir/Cargo.toml`
  sluice_have=`$CARGO --version | $SED 's/^cargo \([[0-9.]]*\).*/\1/'`
  if test "`printf '%s\n' $sluice_least $sluice_have | sort -V | head -n 1`" != "$sluice_least"; then
    AC_MSG_ERROR([Rust $sluice_have is too old: Sluice needs $sluice_least or newer. Get it with rustup (https://rustup.rs)])
  fi
  AC_MSG_RESULT([yes, $sluice_have])

  PHP_SUBST([CARGO])
  PHP_SUBST([PHP_CONFIG])
  PHP_ADD_BUILD_DIR([$abs_builddir/modules])
  PHP_MODULES="$PHP_MODULES \$(phplibdir)/sluice.so"
  PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
fi
