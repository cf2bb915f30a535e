import type { CatalogueInput, FieldInput, Texts, ValueInput } from "@linija/rules";

/** The same words for people in the three languages. */
export const words = (en: string, ru: string, sl: string): Texts => ({ en, ru, sl });

export const field = (type: string, doc: Texts, more: Partial<FieldInput> = {}): FieldInput => ({ type, doc, ...more });
export const textField = (doc: Texts, more: Partial<FieldInput> = {}): FieldInput => field("text", doc, more);

export const PRIORITIES: ValueInput[] = [
  { value: "low", rank: 0, doc: words("low", "низкий", "nizka") }, { value: "normal", rank: 1, doc: words("normal", "обычный", "običajna") },
  { value: "high", rank: 2, doc: words("high", "высокий", "visoka") }, { value: "urgent", rank: 3, doc: words("urgent", "срочный", "nujna") },
];
const STATUSES: ValueInput[] = [
  { value: "open", doc: words("open", "открыта", "odprt") }, { value: "waiting", doc: words("waiting for others", "ждёт других", "čaka druge") },
  { value: "done", doc: words("done, to be confirmed", "сделана, ждёт подтверждения", "opravljen, čaka potrditev") }, { value: "closed", doc: words("closed", "закрыта", "zaprt") },
];
export const LANGUAGES: ValueInput[] = [
  { value: "en", doc: words("English", "английский", "angleščina") }, { value: "ru", doc: words("Russian", "русский", "ruščina") }, { value: "sl", doc: words("Slovenian", "словенский", "slovenščina") },
];
const CHANNELS: ValueInput[] = [
  { value: "voice", doc: words("call", "звонок", "klic") }, { value: "chat", doc: words("chat", "чат", "klepet") }, { value: "mail", doc: words("e-mail", "электронная почта", "e-pošta") },
  { value: "form", doc: words("web form", "форма на сайте", "spletni obrazec") }, { value: "visit", doc: words("in person", "лично", "osebno") },
];
const CLOSED_AS: ValueInput[] = [
  { value: "confirmed", doc: words("confirmed by the client", "подтверждена клиентом", "potrdila stranka") }, { value: "unconfirmed", doc: words("not confirmed", "не подтверждена", "nepotrjen") },
  { value: "rejected", doc: words("rejected", "отклонена", "zavrnjen") }, { value: "cancelled", doc: words("cancelled", "отменена", "preklican") },
];

/** Fields of a ticket that do not depend on the project. */
export const TICKET: Record<string, FieldInput> = {
  number: textField(words("Number", "Номер", "Številka")),
  status: textField(words("Status; open, waiting, done or closed", "Статус; открыта, ждёт, сделана или закрыта", "Stanje; odprt, čaka, opravljen ali zaprt"), { values: STATUSES }),
  priority: textField(words("Priority", "Приоритет", "Prednost"), { values: PRIORITIES }),
  subject: textField(words("Subject", "Тема", "Zadeva")),
  description: textField(words("Description", "Описание", "Opis")),
  channel: textField(words("How it came", "Как поступила", "Kako je prispel"), { values: CHANNELS }),
  language: textField(words("Language of the client", "Язык клиента", "Jezik stranke"), { values: LANGUAGES }),
  owner: field("person", words("Who works on it; empty when nobody does", "Кто работает; пусто, если никто", "Kdo dela na njem; prazno, če nihče")),
  created: field("datetime", words("Registered at", "Зарегистрирована", "Registriran")),
  stage_since: field("datetime", words("In this stage since", "На этом этапе с", "V tej fazi od")),
  due: field("datetime", words("To be solved by", "Решить до", "Rešiti do")),
  closed: field("datetime", words("Closed at", "Закрыта", "Zaprt")),
  age: field("duration", words("Time since registration", "Время с регистрации", "Čas od registracije")),
  stage_age: field("duration", words("Time in this stage", "Время на этом этапе", "Čas v tej fazi")),
  time_left: field("duration", words("Time until the deadline; below zero when late", "Время до срока; меньше нуля, если просрочена", "Čas do roka; pod ničlo, če zamuja")),
  overdue: field("boolean", words("Whether the deadline has passed", "Прошёл ли срок", "Ali je rok potekel")),
  paused: field("boolean", words("Whether the clock stands because others are awaited", "Стоят ли часы, потому что ждём других", "Ali ura stoji, ker čakamo druge")),
  reopened: field("int", words("How often the client said it was not solved", "Сколько раз клиент сказал «не решено»", "Kolikokrat je stranka rekla, da ni rešen")),
  calls: field("int", words("How often the client called before we called back", "Сколько раз клиент звонил до обратного звонка", "Kolikokrat je stranka klicala pred povratnim klicem")),
  subtasks: field("int", words("Tasks given to departments", "Задания отделам", "Naloge oddelkom")),
  open_subtasks: field("int", words("Tasks not done yet", "Ещё не выполненные задания", "Še neopravljene naloge")),
  undone_subtasks: field("int", words("Tasks that ended as not possible or no longer needed, when last asked for", "Задания, которые в последний раз кончились отказом или отменой", "Naloge, ki so se nazadnje končale kot nemogoče ali nepotrebne")),
  open_approvals: field("int", words("Decisions not taken yet", "Ещё не принятые решения", "Še nesprejete odločitve")),
  score: field("int", words("The client's score, 1–5", "Оценка клиента, 1–5", "Ocena stranke, 1–5")),
  resolution: textField(words("Solution", "Решение", "Rešitev")),
  client_comment: textField(words("What the client wrote at the end", "Что клиент написал в конце", "Kaj je stranka napisala na koncu")),
  closed_as: textField(words("How it ended", "Чем закончилась", "Kako se je končal"), { values: CLOSED_AS }),
};

const CONTACTS = { read: "clients.see_contacts" } as const;

/** Record types that are the same in every project. */
export const RECORDS: NonNullable<CatalogueInput["records"]> = {
  person: { doc: words("A colleague", "Сотрудник", "Sodelavec"), fields: {
    id: textField(words("Identifier", "Идентификатор", "Oznaka")), name: textField(words("Name", "Имя", "Ime")),
  } },
  client_card: { doc: words("A client", "Клиент", "Stranka"), fields: {
    id: textField(words("Identifier", "Идентификатор", "Oznaka")),
    name: textField(words("Full name", "Полное имя", "Polno ime")),
    kind: textField(words("Person or organisation", "Человек или организация", "Oseba ali organizacija"), { values: [{ value: "person", doc: words("person", "человек", "oseba") }, { value: "organisation", doc: words("organisation", "организация", "organizacija") }] }),
    language: textField(words("Language", "Язык", "Jezik"), { values: LANGUAGES }),
    flags: field("list<text>", words("Marks on the card", "Метки на карточке", "Oznake na kartici")),
    city: textField(words("City", "Город", "Mesto")),
    since: field("datetime", words("On the books since", "В базе с", "V evidenci od")),
    phone: textField(words("First telephone number", "Первый номер телефона", "Prva telefonska številka"), CONTACTS),
    email: textField(words("First e-mail address", "Первый адрес почты", "Prvi e-poštni naslov"), CONTACTS),
    tickets: field("int", words("All their tickets", "Все их заявки", "Vsi njihovi zahtevki")),
    open_tickets: field("int", words("Their tickets not yet solved", "Их нерешённые заявки", "Njihovi nerešeni zahtevki")),
    recent_tickets: field("int", words("Their tickets of the last 30 days", "Их заявки за 30 дней", "Njihovi zahtevki zadnjih 30 dni")),
  } },
  conversation: { doc: words("A call or another conversation", "Звонок или другой разговор", "Klic ali drug pogovor"), fields: {
    channel: textField(words("Channel", "Канал", "Kanal"), { values: CHANNELS }),
    direction: textField(words("Who began", "Кто начал", "Kdo je začel"), { values: [{ value: "in", doc: words("the client", "клиент", "stranka") }, { value: "out", doc: words("we", "мы", "mi") }] }),
    from: textField(words("Number of the caller", "Номер звонящего", "Številka klicatelja"), CONTACTS),
    to: textField(words("Number called", "Набранный номер", "Klicana številka"), CONTACTS),
    queue: textField(words("Queue", "Очередь", "Čakalna vrsta")),
    language: textField(words("Language", "Язык", "Jezik"), { values: LANGUAGES }),
    outcome: textField(words("How it ended", "Чем закончился", "Kako se je končal")),
    disposition: textField(words("Result chosen at wrap-up", "Итог, выбранный после разговора", "Izid, izbran po pogovoru")),
    started: field("datetime", words("Began at", "Начался", "Začetek")),
    waited: field("duration", words("How long the client waited", "Сколько клиент ждал", "Koliko je stranka čakala")),
    talked: field("duration", words("How long we talked", "Сколько говорили", "Koliko smo govorili")),
  } },
  who: { doc: words("Who acts", "Кто действует", "Kdo ukrepa"), fields: {
    kind: textField(words("A user, the client or the system", "Сотрудник, клиент или система", "Uporabnik, stranka ali sistem"), { values: [{ value: "user", doc: words("user", "сотрудник", "uporabnik") }, { value: "client", doc: words("client", "клиент", "stranka") }, { value: "system", doc: words("system", "система", "sistem") }] }),
    id: textField(words("Identifier", "Идентификатор", "Oznaka")), name: textField(words("Name", "Имя", "Ime")),
    roles: field("list<text>", words("Roles", "Роли", "Vloge")), department: textField(words("Department", "Отдел", "Oddelek")), language: textField(words("Language", "Язык", "Jezik"), { values: LANGUAGES }),
  } },
  project_in_use: { doc: words("The project", "Проект", "Projekt"), fields: {
    key: textField(words("Key", "Ключ", "Ključ")), name: textField(words("Name", "Название", "Ime")), time_zone: textField(words("Time zone", "Часовой пояс", "Časovni pas")), languages: field("list<text>", words("Languages", "Языки", "Jeziki")),
  } },
  what_happened: { doc: words("What happened", "Что произошло", "Kaj se je zgodilo"), fields: {
    type: textField(words("Kind of event", "Вид события", "Vrsta dogodka")), from: textField(words("Stage before", "Этап до", "Faza prej")), to: textField(words("Stage after", "Этап после", "Faza potem")),
    transition: textField(words("Transition taken", "Выполненный переход", "Opravljen prehod")), by: textField(words("Who caused it", "Кто вызвал", "Kdo ga je povzročil")), at: field("datetime", words("When", "Когда", "Kdaj")),
    clock: textField(words("Clock that came to its mark", "Часы, дошедшие до отметки", "Ura, ki je dosegla mejo")), percent: field("int", words("Per cent of its time", "Процент времени", "Odstotek časa")),
  } },
};
