#!/usr/bin/env bash
# Fetches the FTP daemons that the tests run against and unpacks them side by side, without installing:
# as packages they conflict with one another. Needs Debian or a kin of it, and root for apt-get.
#
# The folder is $FTPSH_DAEMONS, else ftpsh/daemons in the user's cache directory; one folder a daemon,
# each with the libraries this machine lacks. A daemon that is there already is left alone.
set -euo pipefail

cache=${FTPSH_DAEMONS:-${XDG_CACHE_HOME:-$HOME/.cache}/ftpsh/daemons}
mkdir -p "$cache"
work=$(mktemp -d "$cache/.fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT

# fetch DAEMON PACKAGE... puts one daemon into the cache.
fetch() {
    local daemon=$1 package
    shift
    [ -e "$cache/$daemon" ] && return
    echo "fetching $daemon"
    rm -rf "$work/archives" "$work/root"
    mkdir -p "$work/archives/partial" "$work/root"
    # A list of packages that is missing or out of date shows here.
    download "$@" || { apt-get -qq update && download "$@"; }
    for package in "$work"/archives/*.deb; do
        dpkg-deb -x "$package" "$work/root"
    done
    if [ "$daemon" = vsftpd ]; then
        localize_pam "$work/root"
    fi
    mv -T "$work/root" "$cache/$daemon"
}

# download PACKAGE... downloads packages with what they need and this machine lacks.
# --reinstall: a package that is installed here is wanted all the same.
download() {
    apt-get -qq -y --download-only --reinstall --no-install-recommends \
        -o APT::Sandbox::User=root -o Dir::Cache::archives="$work/archives" install "$@" >/dev/null
}

# localize_pam ROOT makes the unpacked libpam look for its services in ./pam.d instead of /etc/pam.d:
# vsftpd knows no users but PAM's, and nothing under /etc is to be touched. Both names are ten bytes.
localize_pam() {
    local library
    library=$(find "$1" -name 'libpam.so.0.*' -type f)
    LC_ALL=C sed -i 's#/etc/pam\.d#.////pam.d#g' "$library"
}

fetch vsftpd vsftpd libpam0g libpam-pwdfile
fetch proftpd proftpd-core proftpd-mod-crypto
fetch pure-ftpd pure-ftpd
fetch pyftpdlib python3-pyftpdlib python3-openssl
echo "daemons in $cache"
