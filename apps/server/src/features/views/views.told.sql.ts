import { sql, type RawBuilder } from "kysely";

type Text = RawBuilder<unknown>;

/** As `hideContacts` and `maskWithin` find them (features/access): a number in its international form, a mail, the ticket's own number however it is spaced. */
const NUMBER = String.raw`\+\d[\d\s().-]{6,18}\d`;
const ADDRESS = String.raw`[\w.+-]+@[\w-]+(\.[\w-]+)+`;
const FEWEST_DIGITS = sql.lit(5);
const digits = (phone: Text): Text => sql`regexp_replace(coalesce(${phone}, ''), '\\D', '', 'g')`;
/** Never matches where there is no number of its own. */
const own = (phone: Text): Text => sql`case when length(${digits(phone)}) >= ${FEWEST_DIGITS} then ${String.raw`\+?`}::text || regexp_replace(${digits(phone)}, '(\\d)', ${String.raw`\1[\s().-]*`}::text, 'g') else ${String.raw`$.`}::text end`;

/** A text with a dot in the place of each contact, for who sees them in part: asked by what they are not told, it would tell them. */
export const toldText = (text: Text, phone: Text): Text => sql`regexp_replace(regexp_replace(regexp_replace(${text}, ${own(phone)}, '•', 'g'), ${NUMBER}::text, '•', 'g'), ${ADDRESS}::text, '•', 'g')`;

/** A value of a field in the same way; what is no text is as it was. */
export const toldValue = (value: Text, phone: Text): Text => sql`(select case jsonb_typeof(w.v) when 'string' then to_jsonb(${toldText(sql`(w.v #>> '{}')`, phone)}) else w.v end from (select ${value} as v) w)`;

/** Whether the ticket says the words in what is told of it, or is called so; its index holds every word of it, numbers and mails among them. */
export const saysToldWords = (asked: Text): Text => sql`(select x.told = x.whole or ts_match_vq(ticket_words(x.told) || array_to_tsvector(array[translate(lower(t.number), '-', ''), regexp_replace(t.number, '\\D', '', 'g')]), ${asked})
  from (select w.whole, ${toldText(sql`w.whole`, sql`t.contact_phone`)} as told from (select d.subject || ' ' || left(d.description, 20000) || ' ' || coalesce(d.resolution, '') || ' ' || coalesce((select name from clients where id = t.client_id), '') as whole from tickets d where d.id = t.id) w) x)`;
