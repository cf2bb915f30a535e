import { sql, type RawBuilder } from "kysely";

type Text = RawBuilder<unknown>;

/** As `hideContacts` and `maskWithin` find them (features/access): a number in its international form, a mail, the ticket's own number in whatever way it is written. */
const NUMBER = String.raw`\+\d[\d\s().-]{6,18}\d`;
const ADDRESS = String.raw`[\w.+-]+@[\w-]+(\.[\w-]+)+`;
const FEWEST_DIGITS = sql.lit(5);
const FEWEST_AT_HOME = sql.lit(6);
const LONGEST_AT_HOME = sql.lit(10);
const SHORT = "1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]";
/** The longest of the branches is taken here, not the first. */
const COUNTRY = String.raw`^(${SHORT}|(?!${SHORT})\d{3})`;
const BETWEEN = String.raw`[\s()./\u00a0\u2010-\u2015-]*`;
const spaced = (digits: Text): Text => sql`regexp_replace(${digits}, '(\\d)', ${String.raw`\1` + BETWEEN}::text, 'g')`;
const pattern = sql`${String.raw`\+?`}::text || ${spaced(sql`left(n.digits, length(n.digits) - length(n.home))`)} || case when n.whole then ${`(0${BETWEEN})?`}::text else '' end || ${spaced(sql`n.home`)}
  || case when length(n.home) < ${FEWEST_AT_HOME} then '' else '|' || ${String.raw`(?<!\d)`}::text || case when n.whole then ${`((06|0|8)${BETWEEN})?`}::text else ${String.raw`(\+?\d{1,5}` + `${BETWEEN})?`}::text end
    || regexp_replace(n.home, '(\\d)(?=\\d)', ${String.raw`\1` + BETWEEN}::text, 'g') || ${String.raw`(?!\d)`}::text end`;
/** Most texts do not have its digits in a row: of those no pattern is made. */
const withoutOwn = (text: Text, phone: Text): Text => sql`(select case when length(n.digits) < ${FEWEST_DIGITS} or strpos(regexp_replace(${text}, '\\D+', '', 'g'), n.home) = 0 then ${text} else regexp_replace(${text}, ${pattern}, '•', 'g') end
  from (select w.digits, w.whole, regexp_replace(w.digits, case when w.whole then ${COUNTRY}::text else '^0' end, '') as home
    from (select d.digits, d.phone ~ '^\\s*(\\+|00)' or length(d.digits) > ${LONGEST_AT_HOME} as whole
      from (select coalesce(${phone}, '') as phone, regexp_replace(regexp_replace(coalesce(${phone}, ''), '\\D', '', 'g'), '^00', '') as digits offset 0) d offset 0) w offset 0) n)`;

/** A text with a dot in the place of each contact, for who sees them in part: asked by what they are not told, it would tell them. */
export const toldText = (text: Text, phone: Text): Text => sql`regexp_replace(regexp_replace(${withoutOwn(text, phone)}, ${NUMBER}::text, '•', 'g'), ${ADDRESS}::text, '•', 'g')`;

/** A value of a field in the same way; what is no text is as it was. */
export const toldValue = (value: Text, phone: Text): Text => sql`(select case jsonb_typeof(w.v) when 'string' then to_jsonb(${toldText(sql`(w.v #>> '{}')`, phone)}) else w.v end from (select ${value} as v) w)`;

/** Whether the ticket says the words in what is told of it, or is called so; its index holds every word of it, numbers and mails among them. */
export const saysToldWords = (asked: Text): Text => sql`(select x.told = x.whole or ts_match_vq(ticket_words(x.told) || array_to_tsvector(array[translate(lower(t.number), '-', ''), regexp_replace(t.number, '\\D', '', 'g')]), ${asked})
  from (select w.whole, ${toldText(sql`w.whole`, sql`t.contact_phone`)} as told from (select d.subject || ' ' || left(d.description, 20000) || ' ' || coalesce(d.resolution, '') || ' ' || coalesce((select name from clients where id = t.client_id), '') as whole from tickets d where d.id = t.id) w) x)`;
