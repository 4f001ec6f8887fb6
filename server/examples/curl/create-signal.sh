#!/usr/bin/env bash
# Posts one signal, and posts it again until it has an answer. The key (EXTERNAL_ID) sees to it that nothing is posted twice.
#
#   BOT_TOKEN=… ./create-signal.sh https://example.org BTCUSDT LONG 60000 30000
#
# Prints the server's answer. Ends with 0: accepted, 4: refused, 5: no answer.
set -euo pipefail

url=${1:?the address of the server}
symbol=${2:?a symbol such as BTCUSDT}
direction=${3:?LONG or SHORT}
take_profit=${4:?a price}
stop_loss=${5:?a price}
external_id=${EXTERNAL_ID:-$(date +%s)-$$}
: "${BOT_TOKEN:?the token of the bot}"

query='mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } trade { id entryPrice } duplicate userErrors { field code message } } }'
input=$(printf '{"externalId":"%s","symbol":"%s","direction":"%s","takeProfit":"%s","stopLoss":"%s"}' \
  "$external_id" "$symbol" "$direction" "$take_profit" "$stop_loss")

# --retry repeats after a timeout, 429 and 5xx. The token comes by standard input, where the list of processes does not show it.
answer=$(printf 'header = "Authorization: Bearer %s"\n' "$BOT_TOKEN" |
  curl --silent --show-error --config - --retry 5 --retry-connrefused --max-time 10 \
    --header 'Content-Type: application/json' \
    --data "{\"query\":\"$query\",\"variables\":{\"input\":$input}}" \
    "$url/graphql") || exit 5
printf '%s\n' "$answer"
case $answer in *'"signal":{'*) ;; *) exit 4 ;; esac
