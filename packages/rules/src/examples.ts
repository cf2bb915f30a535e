import type { Texts } from "./problems.ts";
import type { Plain } from "./values.ts";

/** A text ready to be inserted in an editor. All are checked and run against the sample catalogue and record by the tests. */
export type Example =
  | { kind: "expression"; name: Texts; text: string; result: Plain }
  /** `changes` are those of a run on the sample record. */
  | { kind: "rule"; name: Texts; text: string; changes: Readonly<Record<string, Plain>>; actions: number };

const EXPRESSIONS: readonly Example[] = [
  { kind: "expression", name: { en: "Addition", ru: "Сложение", sl: "Seštevanje" }, text: "2 + 3", result: 5 },
  { kind: "expression", name: { en: "Multiplication goes first", ru: "Умножение раньше сложения", sl: "Množenje ima prednost" }, text: "2 + 3 * 4", result: 14 },
  { kind: "expression", name: { en: "Parentheses go first", ru: "Скобки раньше всего", sl: "Oklepaji imajo prednost" }, text: "(2 + 3) * 4", result: 20 },
  { kind: "expression", name: { en: "One tenth off the price", ru: "Скидка десять процентов", sl: "Desetina popusta" }, text: "round(order.total * 0.9)", result: { amount: "108.00", currency: "EUR" } },
  { kind: "expression", name: { en: "And, or, not", ru: "И, или, не", sl: "In, ali, ne" }, text: 'client.vip && !(request.priority == "high")', result: true },
  { kind: "expression", name: { en: "Is it late?", ru: "Опоздали?", sl: "Je prepozno?" }, text: "now > order.due", result: true },
  { kind: "expression", name: { en: "One of two values by a condition", ru: "Одно из двух значений по условию", sl: "Ena od dveh vrednosti po pogoju" }, text: 'order.items > 2 ? "large" : "small"', result: "large" },
  { kind: "expression", name: { en: "Something instead of nothing", ru: "Замена пустому значению", sl: "Nadomestilo za prazno" }, text: 'coalesce(request.queue, "general")', result: "general" },
  { kind: "expression", name: { en: "Sum of unpaid orders", ru: "Сумма неоплаченных заказов", sl: "Vsota neplačanih naročil" }, text: "client.orders.filter(one, !one.paid).map(one, one.total).sum()", result: { amount: "120.00", currency: "EUR" } },
  { kind: "expression", name: { en: "A Slovenian number", ru: "Словенский номер", sl: "Slovenska številka" }, text: 'call.from.matches("^\\\\+386[0-9]{8}$")', result: true },
];

const RULES: readonly Example[] = [
  {
    kind: "rule", name: { en: "If – else", ru: "Если – иначе", sl: "Če – sicer" },
    changes: { "request.priority": "high", "request.dueAt": "2026-03-03T12:00:00.000Z" }, actions: 0,
    text: `key: priority_by_client
name: { en: Priority by client, ru: Приоритет по клиенту, sl: Prednost po stranki }
steps:
  - if: client.vip
    then:
      - set: { request.priority: '"high"' }
      - set: { request.dueAt: request.createdAt + duration("4h") }
    else:
      - set: { request.priority: '"normal"' }
      - set: { request.dueAt: request.createdAt.addDays(2) }
`,
  },
  {
    kind: "rule", name: { en: "For each: compensation for every late order", ru: "Цикл: компенсация за каждый опоздавший заказ", sl: "Za vsak: odškodnina za vsako zamujeno naročilo" },
    changes: { "request.compensation": { amount: "15.01", currency: "EUR" } }, actions: 0,
    text: `key: compensation
name: { en: Compensation, ru: Компенсация, sl: Odškodnina }
when: client.orders.exists(one, one.due < now)
steps:
  - let: { late: 'money(0, "EUR")' }
  - for: one
    in: client.orders
    do:
      - if: one.due < now
        then:
          - set: { late: late + one.total }
  # A tenth of what came late, never more than fifty euros.
  - set: { request.compensation: 'min(late * 0.1, money(50, "EUR"))' }
`,
  },
  {
    kind: "rule", name: { en: "While: call again at ever longer intervals", ru: "Пока: звонить снова всё реже", sl: "Dokler: znova klicati v vse daljših razmikih" },
    changes: { "request.dueAt": "2026-03-04T10:00:00.000Z" }, actions: 0,
    text: `key: call_again
name: { en: Call again, ru: Позвонить снова, sl: Pokliči znova }
steps:
  - let: { wait: duration("30m"), round: 0 }
  - while: round < request.attempts
    do:
      - set: { wait: wait * 2, round: round + 1 }
  - set: { request.dueAt: now + wait }
`,
  },
  {
    kind: "rule", name: { en: "Tell the client", ru: "Сообщить клиенту", sl: "Obvesti stranko" }, changes: {}, actions: 1,
    text: `key: tell_client
name: { en: Tell the client, ru: Сообщить клиенту, sl: Obvesti stranko }
when: has(client.email) && now > order.due
steps:
  - do: notify
    with:
      to: client.email
      template: '"order_late"'
      data: '{"number": order.number, "due": order.due}'
  - stop: told
`,
  },
];

/** The library of examples for an editor. */
export const EXAMPLES: readonly Example[] = Object.freeze([...EXPRESSIONS, ...RULES]);
