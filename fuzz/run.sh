#!/usr/bin/env bash
# Fuzzes LeadQL.
#
#   fuzz/run.sh [SECONDS [TARGET…]]    with cargo-fuzz and a nightly toolchain: each target for so many seconds (60)
#   fuzz/run.sh --stable [N]           on the stable toolchain: N inputs (100,000) made by chance for each target
#   fuzz/run.sh --keep [TARGET…]       cuts what was found down to what reaches something new, into fuzz/corpus
#
# What is found on the way lies in fuzz/work/TARGET, and what fails in fuzz/artifacts/TARGET.
set -euo pipefail
cd "$(dirname "$0")"

all=(rules leads csv stored includes twins)
declare -A dictionary=([rules]=lql [leads]=json [csv]=csv [stored]=stored [includes]=includes)
# Files of the repository that are good to begin with.
declare -A seeds=([rules]="../tests/ui" [leads]="../examples/saas" [csv]="../examples/courses ../examples/learning"
  [stored]="../tests/stored" [includes]="" [twins]="")
# Longer inputs take more time than they find.
longest=4096

case "${1:-}" in
--stable)
  # Reproducible: LEADQL_SEED says where to start.
  cd ..
  LEADQL_FUZZ="${2:-100000}" exec cargo test --release --all-features --test fuzz
  ;;
--keep)
  shift
  [ $# -gt 0 ] || set -- "${all[@]}"
  for target in "$@"; do
    mkdir -p "work/$target" "corpus/$target"
    # The fewest small inputs that together reach all that was reached.
    cargo +nightly fuzz run -s none -O -a --fuzz-dir . "$target" "corpus/$target" "work/$target" \
      -- -set_cover_merge=1 -use_counters=0 -max_len=1024 -rss_limit_mb=2048
  done
  ;;
*)
  seconds="${1:-60}"
  shift || true
  [ $# -gt 0 ] || set -- "${all[@]}"
  for target in "$@"; do
    mkdir -p "work/$target" "corpus/$target"
    options=(-max_total_time="$seconds" -max_len="$longest" -rss_limit_mb=2048 -timeout=10)
    # Of bytes that decide throws there may be many from the beginning.
    [ "$target" = twins ] && options+=(-len_control=0)
    [ -n "${dictionary[$target]:-}" ] && options+=("-dict=dictionaries/${dictionary[$target]}.dict")
    # The crate forbids unsafe code: what the address sanitizer would find cannot be there, and it takes half the speed.
    # shellcheck disable=SC2086 # several folders
    cargo +nightly fuzz run -s none -O -a --fuzz-dir . "$target" "work/$target" "corpus/$target" ${seeds[$target]} \
      -- "${options[@]}"
  done
  ;;
esac
