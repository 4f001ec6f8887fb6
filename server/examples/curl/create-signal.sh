#!/usr/bin/env bash
# Posts one signal, and posts it again until it has an answer. The key (EXTERNAL_ID) sees to it that nothing is posted twice.
#
#   BOT_TOKEN=… ./create-signal.sh https://example.org BTCUSDT LONG 60000 30000
#
# Prints the server's answer. Ends with 0: accepted, 2: wrong usage, 3: wrong token, 4: refused, 5: no answer to the question.
set -euo pipefail

if [ $# -ne 5 ] || [ -z "${BOT_TOKEN:-}" ]; then
  echo "usage: BOT_TOKEN=… $0 URL SYMBOL LONG|SHORT TAKE_PROFIT STOP_LOSS" >&2
  exit 2
fi
url=$1 symbol=$2 direction=$3 take_profit=$4 stop_loss=$5
external_id=${EXTERNAL_ID:-$(date +%s)-$$}

query='mutation ($input: CreateSignalInput!) { createSignal(input: $input) { signal { id } trade { id entryPrice } duplicate userErrors { field code message } } }'
input=$(printf '{"externalId":"%s","symbol":"%s","direction":"%s","takeProfit":"%s","stopLoss":"%s"}' \
  "$external_id" "$symbol" "$direction" "$take_profit" "$stop_loss")

# --retry repeats after a timeout, 429 and 5xx, and waits as long as Retry-After says. The token comes by standard input, where the list of processes does not show it.
answer=$(printf 'header = "Authorization: Bearer %s"\n' "$BOT_TOKEN" |
  curl --silent --show-error --config - --retry 5 --retry-connrefused --max-time 10 \
    --header 'Content-Type: application/json' \
    --data "{\"query\":\"$query\",\"variables\":{\"input\":$input}}" \
    "$url/graphql") || exit 5
printf '%s\n' "$answer"
case $answer in
  *'"signal":{'*) ;;
  *'"code":"UNAUTHENTICATED"'*) exit 3 ;;
  *'"userErrors":[{'*) exit 4 ;;
  *) exit 5 ;;
esac
