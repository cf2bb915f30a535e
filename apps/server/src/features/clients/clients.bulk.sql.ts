import { sql, type RawBuilder } from "kysely";
import type { Db } from "../../platform/db.ts";
import { fold } from "./clients.search.rules.ts";

/** How many of each; the same numbers always make the same rows, apart from `until`, the newest instant (today by default). */
export interface BulkSize { clients: number; interactions: number; tickets: number; until?: Date }

const NAMES = {
  en: { given: "Oliver Emma Noah Ava Liam Mia Ethan Grace Lucas Ruby Jack Isla Harry Freya Leo Alice Oscar Poppy Arthur Lily",
    family: "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Green Hall Thomas Clarke Jackson Wood Harris Cooper King Baker Harrison Morgan Allen James Scott Phillips Watson" },
  ru: { given: "Иван Анна Пётр Мария Алексей Юлия Дмитрий Елена Сергей Ольга Андрей Наталья Михаил Ирина Николай Светлана Яков Жанна Фёдор Щукарь",
    family: "Смирнов Иванов Кузнецов Соколов Попов Лебедев Козлов Новиков Морозов Петров Волков Соловьёв Васильев Зайцев Павлов Семёнов Голубев Виноградов Богданов Воробьёв Жуков Щербаков Хомяков Цветков Чернов Шилов Юдин Яковлев Ёлкин Быков" },
  sl: { given: "Janez Ana Luka Eva Žiga Maja Matej Nina Jure Špela Andrej Katja Rok Mojca Gregor Petra Tomaž Tjaša Blaž Živa",
    family: "Novak Horvat Kovačič Krajnc Zupančič Potočnik Kovač Mlakar Kos Vidmar Golob Turk Božič Kralj Korošec Zupan Bizjak Hribar Kotnik Žnidaršič Rozman Oblak Petek Kavčič Hočevar Košir Koren Bregar Žagar Šuštar" },
} as const;
const CITIES = { en: "London Leeds Bristol York", ru: "Москва Казань Тверь Псков", sl: "Ljubljana Maribor Celje Kranj" } as const;
const SPAN_MS = 3 * 365 * 86_400_000;

/** What tickets are about: a few words are in every third text, most in one of hundreds, as in real ones. The first of each list are the commonest. */
const SAID = {
  en: "internet router cable invoice payment contract delivery order parcel driver address technician appointment connection tariff refund speed evening morning television password message account document signature branch transfer meter reading outage cellar window stairs elevator neighbour keyboard antenna socket splitter firmware coupon voucher umbrella suitcase glove bridge tunnel roundabout warehouse pallet forklift envelope stamp passport landlord tenant balcony chimney plaster radiator thermostat boiler",
  ru: "интернет роутер кабель счёт оплата договор доставка заказ посылка водитель адрес мастер визит подключение тариф возврат скорость вечер утро телевизор пароль сообщение кабинет документ подпись отделение перевод счётчик показание авария подвал окно лестница лифт сосед клавиатура антенна розетка разветвитель прошивка купон ваучер зонт чемодан перчатка мост туннель перекрёсток склад поддон погрузчик конверт марка паспорт хозяин жилец балкон труба штукатурка батарея термостат котёл",
  sl: "internet usmerjevalnik kabel račun plačilo pogodba dostava naročilo paket voznik naslov tehnik termin priklop tarifa vračilo hitrost večer jutro televizor geslo sporočilo dostop dokument podpis poslovalnica nakazilo števec odčitek izpad klet okno stopnice dvigalo sosed tipkovnica antena vtičnica razcepnik programje kupon bon dežnik kovček rokavica most predor krožišče skladišče paleta viličar kuverta znamka potni najemodajalec najemnik balkon dimnik omet radiator termostat kotel",
} as const;
const LOST = { en: "does not work since the morning", ru: "не работает с утра, прошу разобраться", sl: "ne dela od jutra, prosim za pomoč" } as const;

type Kind = 0 | 1 | 2;
/** Version 7 shaped: time first, then what kind of row and which. */
const bulkId = (ms: RawBuilder<unknown>, kind: Kind, n: string) =>
  sql`(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || ${sql.lit(String(kind))} || '00' || '8' || lpad(to_hex((${sql.raw(n)})::bigint), 15, '0'))::uuid`;
/** The same pseudo-random number below `below` for the same row and salt. */
const pick = (n: string, salt: number, below: RawBuilder<unknown> | number) => sql`(abs(hashint8extended((${sql.raw(n)})::bigint, ${sql.lit(salt)}) % (${typeof below === "number" ? sql.lit(below) : below})))`;
const at = (ms: RawBuilder<unknown>) => sql`(timestamptz 'epoch' + (${ms}) * interval '1 millisecond')`;

/**
 * Fills an empty or demo database for benchmarks and plan tests: sets, not rows, so that 100,000 clients and 1,000,000
 * conversations take about a minute. Projects, queues, operators and processes are those that are there; without any,
 * three bare projects are made. Call it inside no transaction; it opens its own.
 */
export async function fillClients(db: Db, size: BulkSize): Promise<void> {
  const endMs = (size.until ?? new Date()).getTime();
  const span = { startMs: endMs - SPAN_MS, endMs };
  await sql`insert into projects (key, name, definition, hash) select k, '{}', '{}', '' from unnest(array['internet', 'shop', 'taxi']) k where not exists (select 1 from projects)`.execute(db);
  await sql`insert into process_versions (id, project_key, key, hash, definition) select p.key || '/bulk', p.key, 'bulk', 'bulk', '{"start": "new"}' from projects p
    where not exists (select 1 from process_versions v where v.project_key = p.key)`.execute(db);
  await db.transaction().execute(async (tx) => {
    // Foreign keys hold by construction; checking a million rows one by one takes longer than writing them.
    await sql`do $$ begin if current_setting('is_superuser') = 'on' then set local session_replication_role = replica; end if; end $$`.execute(tx);
    await insertPeople(tx, size.clients, span);
    await insertContacts(tx, size.clients, span);
    await insertConversations(tx, size, span);
    await insertTickets(tx, size, span);
    await insertFacts(tx);
  });
  await indexWords(db);
  for (const table of ["clients", "client_phones", "client_emails", "interactions", "tickets", "ticket_search", "ticket_lexemes", "events"]) await sql`vacuum (analyze) ${sql.table(table)}`.execute(db);
}

interface Span { startMs: number; endMs: number }
const clientMs = (span: Span, n: string) => sql`${sql.lit(span.startMs)}::bigint + ${pick(n, 1, SPAN_MS / 2)}`;
const clientId = (span: Span, n: string) => bulkId(clientMs(span, n), 0, n);
const projectOf = (n: string) => sql`(p.keys)[(1 + ${pick(n, 2, sql`cardinality(p.keys)`)})::int]`;
const PROJECTS = sql`(select array_agg(key order by key) as keys from projects) p`;
const phone = (n: string) => sql`('3864' || lpad((${sql.raw(n)})::text, 7, '0'))`;
const mail = (n: string) => sql`('client' || ${sql.raw(n)} || '@mail' || (${sql.raw(n)}) % 50 || '.test')`;

async function insertPeople(db: Db, count: number, span: Span): Promise<void> {
  const languages = ["en", "ru", "sl"] as const;
  const words = (of: (language: (typeof languages)[number]) => string) => languages.map((language) => of(language).split(" "));
  const [family, given, city] = [words((language) => NAMES[language].family), words((language) => NAMES[language].given), words((language) => CITIES[language])];
  const table = (lists: string[][]) => sql`(select l, array_agg(w order by i) as w, array_agg(f order by i) as f
    from json_to_recordset(${JSON.stringify(lists.flatMap((list, l) => list.map((w, i) => ({ l, i, w, f: fold(w) }))))}::json) as r(l int, i int, w text, f text) group by l)`;
  await sql`insert into clients (id, kind, family_name, given_name, organisation, language, projects, address, search, created_at, updated_at)
    select ${clientId(span, "n")}, 'person', f.w[x.f], g.w[x.g], '', (array['en', 'ru', 'sl'])[x.l + 1], array[${projectOf("n")}], jsonb_build_object('city', c.w[x.c]),
      ' ' || f.f[x.f] || ' ' || g.f[x.g] || ' | ' || c.f[x.c] || ' ' || ${phone("n")} || ' ' || 'client' || n || '@mail' || n % 50 || 'test',
      ${at(clientMs(span, "n"))}, ${at(sql`${sql.lit(span.startMs)}::bigint + ${sql.lit(SPAN_MS / 2)} + ${pick("n", 3, SPAN_MS / 2)}`)}
    from generate_series(1, ${count}) n, ${PROJECTS}, lateral (select ${pick("n", 4, 3)}::int as l, 1 + ${pick("n", 5, 30)}::int as f, 1 + ${pick("n", 6, 20)}::int as g, 1 + ${pick("n", 7, 4)}::int as c) x
      join ${table(family)} f on f.l = x.l join ${table(given)} g on g.l = x.l join ${table(city)} c on c.l = x.l`.execute(db);
}

async function insertContacts(db: Db, count: number, span: Span): Promise<void> {
  await sql`insert into client_phones (client_id, e164, position) select ${clientId(span, "n")}, '+' || ${phone("n")}, 1 from generate_series(1, ${count}) n`.execute(db);
  await sql`insert into client_emails (client_id, address, position) select ${clientId(span, "n")}, ${mail("n")}, 1 from generate_series(1, ${count}) n`.execute(db);
}

/** In the order of time, as they happened. */
async function insertConversations(db: Db, size: BulkSize, span: Span): Promise<void> {
  const step = SPAN_MS / Math.max(1, size.interactions);
  const began = sql`${sql.lit(span.startMs)}::bigint + (k::float8 * ${sql.lit(step)})::bigint - 3600000`;
  await sql`insert into interactions (id, channel, direction, project_key, queue_id, client_id, operator_id, language, state, outcome, from_number, to_number, started_at, queued_at, answered_at, ended_at, wrapped_at, disposition, notes)
    select ${bulkId(began, 1, "k")}, 'voice', case when k % 8 = 0 then 'out' else 'in' end, x.project, (q.ids -> x.project ->> 0), ${clientId(span, "x.n")},
      case when x.o < 16 then (u.ids)[1 + ${pick("k", 12, sql`greatest(cardinality(u.ids), 1)`)}::int] end, (array['en', 'ru', 'sl'])[1 + k % 3], 'ended',
      case when x.o < 16 then 'answered' when x.o < 18 then 'abandoned' when x.o < 19 then 'callback_taken' else 'closed_hours' end, '+' || ${phone("x.n")}, '+38615550100',
      ${at(began)}, ${at(sql`${began} + 8000`)}, case when x.o < 16 then ${at(sql`${began} + 20000`)} end, ${at(sql`${began} + 200000`)}, ${at(sql`${began} + 230000`)}, case when x.o < 16 then 'resolved' end, ''
    from generate_series(1, ${size.interactions}) k, ${PROJECTS}, (select coalesce(array_agg(id), '{}') as ids from users where 'operator' = any(roles)) u,
      (select coalesce(jsonb_object_agg(project_key, ids), '{}') as ids from (select project_key, jsonb_agg(id order by id) as ids from queues group by 1) q) q,
      lateral (select n, ${projectOf("n")} as project, ${pick("k", 11, 20)} as o from (select 1 + ${pick("k", 10, size.clients)} as n) n) x`.execute(db);
}

/** Of the first process of each project; one in five is still open. */
async function insertTickets(db: Db, size: BulkSize, span: Span): Promise<void> {
  const step = SPAN_MS / Math.max(1, size.tickets);
  const began = sql`${sql.lit(span.startMs)}::bigint + (k::float8 * ${sql.lit(step)})::bigint - 1800000`;
  await sql`insert into tickets (id, number, project_key, type, process_id, stage, status, client_id, subject, description, language, owner_id, stage_since, closed_at, closed_as, link_hash, created_at, updated_at)
    select ${bulkId(began, 2, "k")}, 'BLK-' || lpad(k::text, 9, '0'), x.project, v.type, v.id, v.stage, case when x.open then 'open' else 'closed' end, ${clientId(span, "x.n")}, s.w[w.a] || ' ' || s.w[w.b] || ' ' || s.lost, concat_ws(' ', s.lost, s.w[w.c], s.w[w.a], s.w[w.d], s.w[w.e], s.lost, s.w[w.b], 'TP' || ${pick("k", 36, 20_000)}, s.w[w.f], 'DG' || k), (array['en', 'ru', 'sl'])[1 + k % 3],
      (u.ids)[1 + ${pick("k", 22, sql`greatest(cardinality(u.ids), 1)`)}::int], ${at(began)}, case when not x.open then ${at(sql`${began} + 86400000`)} end, case when not x.open then 'confirmed' end,
      sha256(('bulk' || k)::bytea), ${at(began)}, ${at(sql`${began} + 60000`)}
    from generate_series(1, ${size.tickets}) k, ${PROJECTS}, (select coalesce(array_agg(id), '{}') as ids from users where 'operator' = any(roles)) u,
      lateral (select n, ${projectOf("n")} as project, k % 5 = 0 as open from (select 1 + ${pick("k", 20, size.clients)} as n) n) x
      join lateral (select v.id, v.definition->>'start' as stage, coalesce((select t->>'key' from projects d, jsonb_array_elements(d.definition::jsonb->'types') t where d.key = v.project_key and t->>'process' = v.key limit 1), v.key) as type
        from process_versions v where v.project_key = x.project order by v.key, v.loaded_at desc limit 1) v on true
      join lateral (select ${word("k", 30)} as a, ${word("k", 31)} as b, ${word("k", 32)} as c, ${word("k", 33)} as d, ${word("k", 34)} as e, ${word("k", 35)} as f) w on true
      join lateral (select w, lost from json_to_recordset(${JSON.stringify((["en", "ru", "sl"] as const).map((language, l) => ({ l, w: SAID[language].split(" "), lost: LOST[language] })))}::json) as r(l int, w text[], lost text) where l = k % 3) s on true`.execute(db);
}

/** That each was registered: a company of three years has a history. */
async function insertFacts(db: Db): Promise<void> {
  await sql`insert into events (id, at, type, subject_kind, subject_id, actor, data, depth, request_id)
    select overlay(t.id::text placing '3' from 16 for 1)::uuid, t.created_at, 'ticket.registered', 'ticket', t.id::text, '{"kind": "system", "name": "bulk"}',
      jsonb_build_object('number', t.number, 'projectKey', t.project_key, 'type', t.type, 'to', t.stage, 'clientId', t.client_id, 'interactionId', null, 'notices', '[]'::jsonb), 0, t.number
    from tickets t where t.number like 'BLK-%' order by t.created_at`.execute(db);
}

/** Which word of a list: the square of an even number, so that the first come often and the last seldom. */
const word = (n: string, salt: number) => sql`(1 + floor(power(${pick(n, salt, 1_000)} / 1000.0, 2) * ${sql.lit(SAID.en.split(" ").length)}))::int`;

/** The trigger that keeps words does not hear rows of a bulk load; one pass over all, and the index after it, is quicker besides. */
async function indexWords(db: Db): Promise<void> {
  await sql`drop index ticket_search_words`.execute(db);
  await sql`insert into ticket_search (ticket_id, created_at, words) select t.id, t.created_at, ticket_search_of(t) from tickets t where not exists (select 1 from ticket_search s where s.ticket_id = t.id)`.execute(db);
  await sql`create index ticket_search_words on ticket_search using gin (words) with (gin_pending_list_limit = 1024)`.execute(db);
  await sql`insert into ticket_lexemes (lexeme) select w.word from (select distinct ticket_lexeme(w) as word from ticket_search, unnest(tsvector_to_array(words)) w) w
    where w.word is not null and not exists (select 1 from ticket_lexemes l where l.lexeme = w.word)`.execute(db);
}
