#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a fresh SoftHSM token in a directory of its own, never the user's.
#
#   softhsm-config/make-token.sh LABEL [DIRECTORY [PROFILE]]
#
#   LABEL      of the token, 1 to 32 characters
#   DIRECTORY  made by this script, default: a new one under $TMPDIR; a second token is added if it was made by this script
#   PROFILE    of profiles/, default: full; ignored for a second token
#
# Prints lines for a shell to evaluate:
#   eval "$(softhsm-config/make-token.sh spatium-a)"
set -eu

die() {
  echo "make-token: $*" >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
label=${1:-}
[ -n "$label" ] || die "give a label: make-token.sh LABEL [DIRECTORY [PROFILE]]"
case $label in *[!A-Za-z0-9._-]*) die "a label has letters, digits and . _ - only" ;; esac
[ ${#label} -le 32 ] || die "a label has at most 32 characters"
command -v softhsm2-util >/dev/null || die "SoftHSM is not installed (Debian: apt-get install softhsm2)"

umask 077
if [ $# -ge 2 ]; then
  dir=$2
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
else
  dir=$(mktemp -d "${TMPDIR:-/tmp}/spatium-softhsm.XXXXXX")
  # What was made for a token that then was not made goes again.
  trap '[ $? -eq 0 ] || rm -rf "$dir"' EXIT
fi
profile=$here/profiles/${3:-full}.conf
[ -f "$profile" ] || die "no profile ${3:-full}; there are: $(ls "$here/profiles" | sed 's/\.conf$//' | tr '\n' ' ')"

conf=$dir/softhsm2.conf
if [ ! -e "$conf" ]; then
  [ -z "$(ls -A "$dir")" ] || die "$dir is not empty and was not made by this script"
  mkdir "$dir/tokens"
  sed "s|@TOKENS@|$dir/tokens|" "$here/softhsm2.conf.template" >"$conf"
  cat "$profile" >>"$conf"
fi
[ ! -e "$dir/$label.pin" ] || die "$dir has a token '$label' already"

module=
for candidate in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /usr/lib64/pkcs11/libsofthsm2.so \
  /usr/local/lib/softhsm/libsofthsm2.so; do
  if [ -r "$candidate" ]; then
    module=$candidate
    break
  fi
done
[ -n "$module" ] || die "libsofthsm2.so is not in a usual place"

# 64 random bits: the PIN protects a file here; a real token counts the tries instead.
random_digits() {
  od -An -N8 -tu8 /dev/urandom | tr -d ' \n'
}
random_digits >"$dir/$label.pin"
random_digits >"$dir/$label.so-pin"

# softhsm2-util takes PINs from a terminal or as arguments, which every process of this machine can read while it runs. They are
# made for this token only, and the token holds nothing yet.
SOFTHSM2_CONF=$conf softhsm2-util --init-token --free --label "$label" --so-pin "$(cat "$dir/$label.so-pin")" \
  --pin "$(cat "$dir/$label.pin")" >"$dir/$label.log" 2>&1 || die "softhsm2-util failed: $(cat "$dir/$label.log")"
SOFTHSM2_CONF=$conf softhsm2-util --show-slots | grep -q "Label: *$label *$" || die "the token was not made"
rm "$dir/$label.log"

echo "export SOFTHSM2_CONF='$conf'"
echo "export SPATIUM_PKCS11_MODULE='$module'"
echo "export SPATIUM_TOKEN_LABEL='$label'"
echo "export SPATIUM_PIN_FILE='$dir/$label.pin'"
