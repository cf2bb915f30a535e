import { createCatalogue } from "./catalogue.ts";
import type { Catalogue, CatalogueInput, FieldInput } from "./catalogue.types.ts";
import type { Context } from "./expression.ts";
import type { Texts } from "./problems.ts";

const doc = (en: string, ru: string, sl: string): Texts => ({ en, ru, sl });
const text = (docs: Texts, more: Partial<FieldInput> = {}): FieldInput => ({ type: "text", doc: docs, ...more });

const PRIORITIES = [
  { value: "low", rank: 0, doc: doc("low", "низкий", "nizka") },
  { value: "normal", rank: 1, doc: doc("normal", "обычный", "običajna") },
  { value: "high", rank: 2, doc: doc("high", "высокий", "visoka") },
];

const RECORDS: CatalogueInput["records"] = {
  client: { doc: doc("A client", "Клиент", "Stranka"), fields: {
    name: text(doc("Full name", "Полное имя", "Polno ime")),
    email: text(doc("E-mail address", "Адрес почты", "E-poštni naslov")),
    vip: { type: "boolean", doc: doc("Whether they are a very important client", "Важный ли клиент", "Ali je pomembna stranka") },
    passport: text(doc("Number of the passport", "Номер паспорта", "Številka potnega lista"), { read: "clients.documents" }),
    city: text(doc("City", "Город", "Mesto")),
    balance: { type: "money", doc: doc("Balance of the account", "Остаток на счёте", "Stanje na računu") },
    since: { type: "datetime", doc: doc("Client since", "Клиент с", "Stranka od") },
    tags: { type: "list<text>", doc: doc("Tags", "Метки", "Oznake"), set: true },
    orders: { type: "list<order>", doc: doc("Their orders", "Заказы", "Naročila") },
  } },
  order: { doc: doc("An order", "Заказ", "Naročilo"), fields: {
    number: text(doc("Number", "Номер", "Številka")),
    total: { type: "money<EUR>", doc: doc("Sum to pay", "Сумма к оплате", "Znesek za plačilo") },
    discount: { type: "money<EUR>", doc: doc("Discount", "Скидка", "Popust"), set: true },
    weight: { type: "decimal", doc: doc("Weight in kilograms", "Вес в килограммах", "Teža v kilogramih") },
    items: { type: "int", doc: doc("How many items", "Сколько товаров", "Koliko izdelkov") },
    paid: { type: "boolean", doc: doc("Whether it is paid", "Оплачен ли", "Ali je plačano") },
    due: { type: "datetime", doc: doc("To be delivered by", "Доставить до", "Dostaviti do") },
  } },
  request: { doc: doc("The request at hand", "Заявка в работе", "Zahteva v delu"), fields: {
    number: text(doc("Number", "Номер", "Številka")),
    subject: text(doc("Subject", "Тема", "Zadeva")),
    priority: text(doc("Priority", "Приоритет", "Prednost"), { set: true, required: true, values: PRIORITIES }),
    queue: text(doc("Queue", "Очередь", "Čakalna vrsta"), { set: "requests.route" }),
    createdAt: { type: "datetime", doc: doc("Registered at", "Зарегистрирована", "Ustvarjena") },
    dueAt: { type: "datetime", doc: doc("To be solved by", "Решить до", "Rešiti do"), set: true },
    attempts: { type: "int", doc: doc("Attempts to call", "Попытки дозвона", "Poskusi klica"), set: true },
    score: { type: "double", doc: doc("Score", "Оценка", "Ocena"), set: true },
    compensation: { type: "money<EUR>", doc: doc("Compensation", "Компенсация", "Odškodnina"), set: true },
  } },
  operator: { doc: doc("The operator at work", "Оператор", "Operater"), fields: {
    name: text(doc("Name", "Имя", "Ime")),
    level: { type: "int", doc: doc("Level, 1–5", "Уровень, 1–5", "Stopnja, 1–5") },
    languages: { type: "list<text>", doc: doc("Languages", "Языки", "Jeziki") },
  } },
  call: { doc: doc("The call", "Звонок", "Klic"), fields: {
    from: text(doc("Number of the caller", "Номер звонящего", "Številka klicatelja")),
    waited: { type: "duration", doc: doc("How long it waited", "Сколько ждал", "Koliko je čakal") },
  } },
};

const VARIABLES: CatalogueInput["variables"] = {
  client: { type: "client", doc: doc("Who asks", "Кто обратился", "Kdo sprašuje") },
  request: { type: "request", doc: doc("The request at hand", "Заявка в работе", "Zahteva v delu") },
  order: { type: "order", doc: doc("The order it is about", "Заказ, о котором речь", "Naročilo, za katerega gre") },
  operator: { type: "operator", doc: doc("Who works on it", "Кто работает", "Kdo dela na tem") },
  call: { type: "call", doc: doc("The call it came by", "Звонок, с которого началось", "Klic, s katerim se je začelo") },
  now: { type: "datetime", doc: doc("The moment of the run", "Момент выполнения", "Trenutek izvajanja") },
};

const FUNCTIONS: CatalogueInput["functions"] = {
  workingTime: {
    doc: doc("Working time between two moments", "Рабочее время между двумя моментами", "Delovni čas med dvema trenutkoma"),
    params: [{ key: "from", type: "datetime" }, { key: "to", type: "datetime" }], result: "duration",
    call: (from: number, to: number) => (to - from) / 3,
  },
};

const ACTIONS: CatalogueInput["actions"] = {
  notify: { doc: doc("Send a message", "Отправить сообщение", "Pošlji sporočilo"), params: {
    to: text(doc("Address", "Адрес", "Naslov"), { required: true }),
    template: text(doc("Template", "Шаблон", "Predloga"), { required: true }),
    urgent: { type: "boolean", doc: doc("At once", "Срочно", "Takoj") },
    data: { type: "any", doc: doc("Values for the template", "Значения для шаблона", "Vrednosti za predlogo") },
  } },
  assign: { doc: doc("Give to an operator or queue", "Назначить", "Dodeli"), use: "requests.route", params: {
    queue: text(doc("Queue", "Очередь", "Vrsta"), { required: true }),
  } },
};

/** A catalogue of a small shop's contact centre: what the examples and the tests are written against. */
export function sampleCatalogue(): Catalogue {
  return createCatalogue({ timeZone: "Europe/Ljubljana", edit: "rules.edit", records: RECORDS, variables: VARIABLES, functions: FUNCTIONS, actions: ACTIONS });
}

/** A record for trying examples: a fresh copy each time. */
export function sampleContext(): Record<string, unknown> & Context {
  const order = { number: "A-17", total: { amount: "120.00", currency: "EUR" }, discount: null, weight: "2.5", items: 3, paid: false, due: "2026-03-02T10:00:00Z" };
  return {
    client: {
      name: "Žiga Čuk", email: "ziga@example.org", vip: true, passport: "PA1234567", city: "Maribor", balance: { amount: "15.20", currency: "EUR" },
      since: "2020-05-01T00:00:00Z", tags: ["loyal"], orders: [order, { ...order, number: "A-12", total: { amount: "30.10", currency: "EUR" }, paid: true }],
    },
    request: { number: "R-1", subject: "Late delivery", priority: "normal", queue: null, createdAt: "2026-03-03T08:00:00Z", dueAt: null, attempts: 1, score: 0.5, compensation: null },
    order,
    operator: { name: "Vera", level: 3, languages: ["sl", "en"] },
    call: { from: "+38631234567", waited: "PT2M30S" },
    now: "2026-03-04T09:00:00Z",
  };
}
