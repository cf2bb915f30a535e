import { expect, test } from "vitest";
import { createCatalogue, sampleCatalogue, sayExpression } from "./index.ts";

const catalogue = sampleCatalogue();

test.each([
  ["has(client) && !client.vip", "A client is filled in and Whether they are a very important client: no", "Клиент: заполнено и Важный ли клиент: нет", "Stranka: izpolnjeno in hkrati Ali je pomembna stranka: ne"],
  ['request.priority == "high" || request.subject.lower().contains("fire")', "Priority = high or Subject contains “fire”", "Приоритет = высокий или Тема содержит «fire»", "Prednost = visoka ali Zadeva vsebuje »fire«"],
  ['request.priority in ["low", "normal"] && size(client.tags) > 2', "Priority is one of [low, normal] and Tags: how many > 2", "Приоритет среди [низкий, обычный] и Метки: сколько > 2", "Prednost je med [nizka, običajna] in hkrati Oznake: koliko > 2"],
  ["(order.paid || client.vip) ? request.attempts >= 3 : old.name != null", "Whether it is paid: yes or Whether they are a very important client: yes then Attempts to call ≥ 3 otherwise old.name ≠ empty", "Оплачен ли: да или Важный ли клиент: да то Попытки дозвона ≥ 3 иначе old.name ≠ пусто", "Ali je plačano: da ali Ali je pomembna stranka: da potem Poskusi klica ≥ 3 sicer old.name ≠ prazno"],
  ['words("late", "поздно", "pozno") + request.number', "“late” + Number", "«поздно» + Номер", "»pozno« + Številka"],
  ["1 +", "1 +", "1 +", "1 +"],
])("R344 a rule in words has the names of fields and values, and its functions in words: %s", (text, ...words) => {
  expect((["en", "ru", "sl"] as const).map((language) => sayExpression(text, language, catalogue))).toEqual(words);
});

test("what is a part of a part is named with it, so that a consent keeps its own name", () => {
  const doc = (en: string) => ({ en, ru: en, sl: en });
  const form = createCatalogue({
    records: { form: { doc: doc("Loan"), fields: { consent: { type: "consent", doc: doc("Consent to the check") } } }, consent: { doc: doc("A consent"), fields: { given: { type: "boolean", doc: doc("Whether it was given") } } } },
    variables: { form: { type: "form", doc: doc("Form") } },
  });
  expect(sayExpression("form.consent.given == true", "en", form)).toBe("Consent to the check: whether it was given = yes");
});
