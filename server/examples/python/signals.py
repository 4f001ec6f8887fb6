#!/usr/bin/env python3
"""Posts trading signals to Bot Performance. One file, nothing to install: Python 3.9 or newer.

As a program; the token comes from the environment:

    export BOT_TOKEN=...
    python signals.py --url https://example.org create --symbol BTCUSDT --direction LONG --take-profit 60000 --stop-loss 30000

As a module:

    client = Client("https://example.org", token)
    accepted = client.create_signal(Signal("BTCUSDT", "LONG", take_profit=Decimal("60000"), stop_loss=Decimal("30000")))
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Callable, Optional

CREATE = """mutation ($input: CreateSignalInput!) { createSignal(input: $input) {
  signal { id entryPrice } trade { id quantity status } duplicate userErrors { field code message } } }"""

#: Answers that may differ the next time; everything else would be the same again.
RETRY_STATUS = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Signal:
    """A trading signal. Prices are Decimal, since a float would change their digits; a string is taken as well."""

    symbol: str
    direction: str
    take_profit: Decimal
    stop_loss: Decimal
    entry_price: Optional[Decimal] = None
    market_type: str = "FUTURES"
    timeframe: Optional[str] = None
    strategy: Optional[str] = None
    confidence: Optional[float] = None
    note: Optional[str] = None
    #: The same key again answers with the first signal, so it is made once and stays with the signal through every retry.
    external_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def to_input(self) -> dict[str, Any]:
        values = {
            "externalId": self.external_id,
            "symbol": self.symbol,
            "marketType": self.market_type,
            "direction": self.direction,
            "takeProfit": plain("take_profit", self.take_profit),
            "stopLoss": plain("stop_loss", self.stop_loss),
            "entryPrice": None if self.entry_price is None else plain("entry_price", self.entry_price),
            "timeframe": self.timeframe,
            "strategy": self.strategy,
            "confidence": self.confidence,
            "note": self.note,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Accepted:
    """What the server made of a signal. There is no trade where the server stores such signals without trading them."""

    signal_id: str
    entry_price: Decimal
    trade_id: Optional[str]
    quantity: Optional[Decimal]
    #: True when this external_id had been received before and nothing new was made.
    duplicate: bool


@dataclass(frozen=True)
class UserError:
    field: str
    code: str
    message: str


class SignalsError(Exception):
    """Any failure of this module."""


class Refused(SignalsError):
    """The server took nothing: the signal, or the token, is not acceptable. Sending it again changes nothing."""

    def __init__(self, user_errors: list[UserError]):
        super().__init__("; ".join(f"{e.field or 'signal'}: {e.code}: {e.message}" for e in user_errors))
        self.user_errors = user_errors


class RequestFailed(SignalsError):
    """The server answered with something else than an answer to the question."""


class Unreachable(SignalsError):
    """No answer after every try. The signal may have arrived: send it again later with the same external_id."""


class Client:
    def __init__(
        self,
        url: str,
        token: str,
        timeout_seconds: float = 10,
        tries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._url = url.rstrip("/") + "/graphql"
        self._token = token
        self._timeout = timeout_seconds
        self._tries = tries
        self._sleep = sleep

    def create_signal(self, signal: Signal) -> Accepted:
        """Raises Refused, RequestFailed or Unreachable."""
        payload = self._request(CREATE, {"input": signal.to_input()})["createSignal"]
        errors = [UserError(".".join(e["field"]), e["code"], e["message"]) for e in payload["userErrors"]]
        if errors:
            raise Refused(errors)
        made, trade = payload["signal"], payload["trade"]
        return Accepted(
            signal_id=made["id"],
            entry_price=Decimal(made["entryPrice"]),
            trade_id=trade and trade["id"],
            quantity=trade and Decimal(trade["quantity"]),
            duplicate=payload["duplicate"],
        )

    def _request(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        failure, asked_to_wait = "", 0.0
        for attempt in range(self._tries):
            if attempt > 0:
                self._sleep(asked_to_wait or min(0.5 * 2**attempt, 15))
            try:
                status, asked_to_wait, text = self._post(body)
            except OSError as error:  # no connection, a timeout, a connection that broke
                failure, asked_to_wait = str(error), 0.0
                continue
            if status in RETRY_STATUS:
                failure = f"HTTP {status}"
                continue
            return self._data(status, text)
        raise Unreachable(f"no answer from {self._url} after {self._tries} tries: {failure}")

    def _post(self, body: bytes) -> tuple[int, float, bytes]:
        """The status, the seconds that Retry-After asks to wait (0: it does not), and the body."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                return response.status, 0.0, response.read()
        except urllib.error.HTTPError as error:
            with error:
                seconds = error.headers.get("Retry-After", "")
                return error.code, float(seconds) if seconds.isdigit() else 0.0, error.read()

    @staticmethod
    def _data(status: int, text: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(text)
        except ValueError:
            raise RequestFailed(f"HTTP {status}, and no JSON: is this the right address?") from None
        errors = answer.get("errors") if isinstance(answer, dict) else [{"message": "not an answer of GraphQL"}]
        if errors or answer.get("data") is None:
            raise RequestFailed("; ".join(e.get("message", "?") for e in errors or []) or f"HTTP {status}")
        return answer["data"]


def plain(name: str, value: Any) -> str:
    """Digits as they are; never 1E-8, never a float's last digits."""
    if isinstance(value, float):
        raise TypeError(f"{name} must be a Decimal or a string: a float does not keep the digits of a price")
    return format(Decimal(value), "f")


def main() -> int:
    parser = argparse.ArgumentParser(description="Posts signals. The token is read from BOT_TOKEN.")
    parser.add_argument("--url", required=True, help="the address of the server, for instance https://example.org")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="post one signal")
    create.add_argument("--symbol", required=True)
    create.add_argument("--direction", required=True, choices=["LONG", "SHORT"])
    create.add_argument("--take-profit", required=True, type=Decimal)
    create.add_argument("--stop-loss", required=True, type=Decimal)
    create.add_argument("--entry-price", type=Decimal, help="the newest market price where it is left out")
    create.add_argument("--market-type", default="FUTURES", choices=["SPOT", "FUTURES"])
    create.add_argument("--timeframe")
    create.add_argument("--strategy")
    create.add_argument("--note")
    create.add_argument("--external-id", help="your own key; the same key again posts nothing twice")
    arguments = parser.parse_args()

    token = os.environ.get("BOT_TOKEN", "")
    if not token:
        print("set BOT_TOKEN to the token of your bot", file=sys.stderr)
        return 2
    values = {name: value for name, value in vars(arguments).items() if name not in ("url", "json", "command") and value is not None}
    try:
        accepted = Client(arguments.url, token).create_signal(Signal(**values))
    except Refused as error:
        print(error, file=sys.stderr)
        return 3 if any(e.code == "UNAUTHENTICATED" for e in error.user_errors) else 4
    except SignalsError as error:
        print(error, file=sys.stderr)
        return 5
    if arguments.json:
        print(json.dumps(vars(accepted), default=str))
    else:
        print(f"signal {accepted.signal_id}, trade {accepted.trade_id} at {accepted.entry_price}" + (" (known already)" if accepted.duplicate else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
