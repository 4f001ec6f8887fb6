import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stateOf } from '../../testkit/turns.ts';
import { Mailbox, MailboxOverflow } from './mailbox.ts';

function open<T = number>(capacity = 3) {
  const closed: string[] = [];
  return { mailbox: new Mailbox<T>(capacity, () => closed.push('closed')), closed };
}
const END = { value: undefined, done: true };
const message = <T>(value: T) => ({ value, done: false });

describe('a mailbox', () => {
  test('hands over in order what came before and while the reader waits', async () => {
    const { mailbox, closed } = open();
    mailbox.push(1);
    mailbox.push(2);
    expect(await mailbox.next()).toEqual(message(1));
    mailbox.push(3);
    expect(await mailbox.next()).toEqual(message(2));
    expect(await mailbox.next()).toEqual(message(3));
    const waiting = mailbox.next();
    expect(await stateOf(waiting)).toBe('pending');
    mailbox.push(4);
    expect(await waiting).toEqual(message(4));
    expect(closed).toEqual([]);
  });

  test('holds its capacity and not one more: then it ends at once, delivers nothing more and says why once', async () => {
    const { mailbox, closed } = open(3);
    [1, 2, 3].forEach((each) => mailbox.push(each));
    expect(closed).toEqual([]);
    mailbox.push(4);
    expect(closed).toEqual(['closed']);
    mailbox.push(5);
    await expect(mailbox.next()).rejects.toEqual(expect.objectContaining({ name: 'MailboxOverflow', capacity: 3 }));
    expect(await mailbox.next()).toEqual(END);
    expect(await mailbox.next()).toEqual(END);
    expect(closed).toEqual(['closed']);
  });

  test('what a waiting reader takes does not count', async () => {
    const { mailbox } = open(1);
    const waiting = mailbox.next();
    mailbox.push(1);
    mailbox.push(2);
    expect(await waiting).toEqual(message(1));
    mailbox.push(3);
    await expect(mailbox.next()).rejects.toThrow(MailboxOverflow);
  });

  test('lives on for a reader that keeps up, however many messages there are', async () => {
    const { mailbox } = open(1);
    for (let each = 0; each < 1_000; each += 1) {
      mailbox.push(each);
      expect(await mailbox.next()).toEqual(message(each));
    }
  });

  test('return frees a waiting reader and the source at once; closing happens once', async () => {
    const { mailbox, closed } = open();
    const waiting = mailbox.next();
    const returned = mailbox.return();
    expect(closed).toEqual(['closed']);
    expect(await returned).toEqual(END);
    expect(await waiting).toEqual(END);
    await mailbox.return();
    mailbox.push(1);
    mailbox.fail(new Error('late'));
    expect(await mailbox.next()).toEqual(END);
    expect(closed).toEqual(['closed']);
  });

  test('return throws away what waits, and an error that nobody read', async () => {
    const one = open();
    one.mailbox.push(1);
    await one.mailbox.return();
    expect(await one.mailbox.next()).toEqual(END);
    const other = open(1);
    other.mailbox.push(1);
    other.mailbox.push(2);
    await other.mailbox.return();
    expect(await other.mailbox.next()).toEqual(END);
  });

  test('fail comes after the messages that wait, once; a waiting reader hears it at once', async () => {
    const one = open();
    one.mailbox.push(1);
    one.mailbox.fail(new Error('gone'));
    expect(one.closed).toEqual(['closed']);
    one.mailbox.push(2);
    expect(await one.mailbox.next()).toEqual(message(1));
    await expect(one.mailbox.next()).rejects.toThrow('gone');
    expect(await one.mailbox.next()).toEqual(END);

    const other = open();
    const waiting = other.mailbox.next();
    other.mailbox.fail(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(await other.mailbox.next()).toEqual(END);
    expect(other.closed).toEqual(['closed']);
  });

  test('a second reader at the same time is refused and does not take the first one’s message', async () => {
    const { mailbox } = open();
    const first = mailbox.next();
    await expect(mailbox.next()).rejects.toThrow('one reader');
    mailbox.push(1);
    expect(await first).toEqual(message(1));
  });

  test('any history delivers a prefix of what was pushed, and everything unless it overflowed', async () => {
    const step = fc.constantFrom('push', 'push', 'read');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), async (capacity, steps) => {
        const { mailbox, closed } = open(capacity);
        const [delivered, failures]: [number[], unknown[]] = [[], []];
        let [pushed, waiting, unread, overflowed] = [0, false, 0, false];
        const read = () => {
          waiting = true;
          return mailbox.next().then(
            (result) => {
              waiting = false;
              if (!result.done) delivered.push(result.value);
            },
            (error: unknown) => {
              waiting = false;
              failures.push(error);
            },
          );
        };
        for (const each of steps) {
          if (each === 'push') {
            mailbox.push(pushed++);
            if (!overflowed && !waiting && ++unread > capacity) overflowed = true;
          } else if (!waiting) {
            if (unread > 0) unread -= 1;
            void read();
          }
          await Promise.resolve();
          await Promise.resolve();
        }
        expect(closed.length > 0).toBe(overflowed);
        expect(delivered).toEqual(Array.from(delivered, (_, index) => index));
        if (overflowed && failures.length === 0) await read();
        expect(failures.length).toBe(overflowed ? 1 : 0);
        if (!overflowed) {
          if (!waiting) for (let left = pushed - delivered.length; left > 0; left -= 1) await read();
          expect(delivered).toHaveLength(pushed);
        }
      }),
    );
  });
});
