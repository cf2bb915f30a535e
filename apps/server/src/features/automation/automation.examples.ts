import type { Texts } from "@linija/rules";
import { words } from "../rules/index.ts";

/** A text for the editor, inserted with one press; the tests check and run each on a real ticket. */
export type Example = { kind: "expression" | "rule"; name: Texts; text: string };

const expression = (text: string, name: Texts): Example => ({ kind: "expression", name, text });
const rule = (name: Texts, text: string): Example => ({ kind: "rule", name, text });

const EXPRESSIONS: Example[] = [
  expression("2 + 3 * 4", words("Multiplication goes first", "Умножение раньше сложения", "Množenje ima prednost")),
  expression("(2 + 3) * 4", words("Parentheses go first", "Скобки раньше всего", "Oklepaji imajo prednost")),
  expression('money("0.10", "EUR") + money("0.20", "EUR")', words("Money is exact", "Деньги точны", "Denar je točen")),
  expression('ticket.priority == "urgent" && !ticket.paused', words("And, not", "И, не", "In, ne")),
  expression('ticket.status == "open" || ticket.status == "waiting"', words("Or", "Или", "Ali")),
  expression('ticket.age > duration("24h")', words("Older than a day", "Старше суток", "Starejši od enega dne")),
  expression("working_hours_between(ticket.created, now) > 8.0", words("More than eight working hours", "Больше восьми рабочих часов", "Več kot osem delovnih ur")),
  expression('ticket.subject.matches("(?i)invoice|счёт|račun")', words("Any of these words", "Любое из этих слов", "Katera od teh besed")),
  expression("has(client) && client.open_tickets > 2", words("The client has other open tickets", "У клиента есть другие открытые заявки", "Stranka ima druge odprte zahtevke")),
  expression('ticket.language == "ru" ? "vera" : "ana"', words("One of two values by a condition", "Одно из двух значений по условию", "Ena od dveh vrednosti po pogoju")),
  expression('coalesce(ticket.department, "none")', words("Something instead of nothing", "Замена пустому значению", "Nadomestilo za prazno")),
  expression("is_open(now)", words("Are we open now?", "Открыты ли мы сейчас?", "Ali smo zdaj odprti?")),
];

const RULES: Example[] = [
  rule(words("If – else: priority by client", "Если – иначе: приоритет по клиенту", "Če – sicer: prednost po stranki"), `key: by_client
name: { en: Priority by client, ru: Приоритет по клиенту, sl: Prednost po stranki }
on: { event: ticket.registered }
when: has(client)
steps:
  - if: '"vip" in client.flags'
    then:
      - set: { ticket.priority: '"urgent"' }
    else_if:
      - if: client.open_tickets > 2
        then:
          - set: { ticket.priority: '"high"' }
    else:
      - do: add_note
        with: { text: '"No reason for a higher priority"' }
`),
  rule(words("For each: a note of the client's marks", "Для каждого: заметка о метках клиента", "Za vsako: zabeležka o oznakah stranke"), `key: marks
name: { en: Marks of the client, ru: Метки клиента, sl: Oznake stranke }
on: { event: ticket.registered }
when: has(client) && client.flags.size() > 0
steps:
  - let: { said: '"Marks:"' }
  - for: mark
    in: client.flags
    do:
      - set: { said: said + " " + mark }
  - do: add_note
    with: { text: said }
`),
  rule(words("While: the next deadline that is in working hours", "Пока: ближайший срок в рабочее время", "Dokler: naslednji rok v delovnem času"), `key: open_deadline
name: { en: A deadline when we are open, ru: Срок в рабочее время, sl: Rok v delovnem času }
on: { event: ticket.registered }
when: has(ticket.due) && !is_open(ticket.due)
steps:
  - let: { at: ticket.due, round: 0 }
  - while: round < 48 && !is_open(at)
    do:
      - set: { at: at + duration("30m"), round: round + 1 }
  - set: { ticket.due: at }
`),
  rule(words("Every working morning: what was forgotten", "Каждое рабочее утро: о чём забыли", "Vsako delovno jutro: kaj je pozabljeno"), `key: forgotten
name: { en: Forgotten tickets, ru: Забытые заявки, sl: Pozabljeni zahtevki }
on: { schedule: "0 8 * * 1-5" }
when: ticket.status == "open" && ticket.stage_age > duration("48h")
steps:
  - if: has(ticket.owner)
    then:
      - do: tell_owner
        with: { text: '"Nothing has happened for two days"' }
    else:
      - do: tell_supervisor
        with: { text: '"Nobody works on it"' }
`),
  rule(words("A clock: three quarters of the time are over", "Часы: прошло три четверти времени", "Ura: minile so tri četrtine časa"), `key: soon_late
name: { en: Soon late, ru: Скоро срок, sl: Kmalu prepozno }
on: { clock: solution, at_percent: 75 }
steps:
  - if: ticket.priority == "low" || ticket.priority == "normal"
    then:
      - set: { ticket.priority: '"high"' }
  - do: tell_owner
    with: { text: '"The deadline is near: " + ticket.number' }
`),
];

export const AUTOMATION_EXAMPLES: readonly Example[] = [...EXPRESSIONS, ...RULES];
