import type { ActionInput, ValueInput } from "@linija/rules";
import { field, textField, words } from "./rules.words.ts";

export interface ActionSources { notices: ValueInput[]; departments: ValueInput[]; types: ValueInput[]; transitions: ValueInput[]; stages: ValueInput[]; /** Absent: not known, and any key is taken. */ webhooks?: ValueInput[] | undefined; /** Whom work can be given to; absent: not known, and any name is taken. */ logins?: ValueInput[] | undefined }

/** Without values any text is taken at save, and what is not there is told by the run. */
const among = (values: ValueInput[]) => (values.length > 0 ? { values } : {});
const must = { required: true } as const;

/** What an automation may do. Each is performed by the feature it belongs to, with that feature's own checks. */
export const actionsOf = ({ notices, departments, types, transitions, webhooks, logins }: ActionSources): Record<string, ActionInput> => ({
  tell_client: { doc: words("Send the client a notice, in their language", "Отправить клиенту уведомление на его языке", "Pošlji stranki obvestilo v njenem jeziku"), params: {
    notice: textField(words("Notice", "Уведомление", "Obvestilo"), { ...must, ...among(notices) }),
  } },
  tell_supervisor: { doc: words("Tell the supervisors of the project", "Сообщить руководителям проекта", "Obvesti nadrejene projekta"), params: {
    text: textField(words("What to say", "Что сказать", "Kaj povedati"), must),
  } },
  tell_owner: { doc: words("Remind who works on the ticket", "Напомнить тому, кто работает с заявкой", "Opomni tistega, ki dela na zahtevku"), params: {
    text: textField(words("What to say", "Что сказать", "Kaj povedati"), must),
  } },
  tell_person: { doc: words("Tell one colleague", "Сообщить сотруднику", "Obvesti sodelavca"), params: {
    login: textField(words("Sign-in name", "Имя для входа", "Uporabniško ime"), { ...must, ...(logins && { values: logins, anyCase: true }) }), text: textField(words("What to say", "Что сказать", "Kaj povedati"), must),
  } },
  tell_department: { doc: words("Tell the people of a department", "Сообщить отделу", "Obvesti oddelek"), params: {
    department: textField(words("Department", "Отдел", "Oddelek"), { ...must, ...among(departments) }), text: textField(words("What to say", "Что сказать", "Kaj povedati"), must),
  } },
  hand_over: { doc: words("Hand the ticket over to a department's specialists, or to the supervisors", "Передать заявку специалистам отдела или руководителям", "Predaj zahtevek strokovnjakom oddelka ali nadrejenim"), params: {
    department: textField(words("Department; empty: the supervisors of the project", "Отдел; пусто – руководители проекта", "Oddelek; prazno: nadrejeni projekta"), among(departments)),
    text: textField(words("What is expected", "Что ожидается", "Kaj se pričakuje"), must),
  } },
  assign: { doc: words("Give the ticket to a person", "Назначить сотрудника", "Dodeli zahtevek osebi"), params: {
    login: textField(words("Sign-in name; empty takes it from whoever has it", "Имя для входа; пусто – снять назначение", "Uporabniško ime; prazno odvzame dodelitev"), logins && { values: [{ value: "" }, ...logins], anyCase: true }),
  } },
  assign_least_loaded: { doc: words("Give the ticket to whoever of those able to do it has the least to do", "Назначить того, у кого меньше всего работы из тех, кто умеет", "Dodeli zahtevek tistemu, ki ima med usposobljenimi najmanj dela"), params: {} },
  add_note: { doc: words("Write an internal note", "Записать внутреннюю заметку", "Zapiši interno zabeležko"), params: {
    text: textField(words("Text", "Текст", "Besedilo"), must),
  } },
  create_task: { doc: words("Give a department a task", "Дать задание отделу", "Daj oddelku nalogo"), params: {
    type: textField(words("Type of ticket", "Вид заявки", "Vrsta zahtevka"), { ...must, ...among(types) }),
    department: textField(words("Department", "Отдел", "Oddelek"), among(departments)),
    subject: textField(words("Subject", "Тема", "Zadeva"), must), text: textField(words("What is to be done", "Что нужно сделать", "Kaj je treba storiti")),
    due: field("datetime", words("By when", "К какому сроку", "Do kdaj")),
  } },
  move: { doc: words("Take a transition of the process", "Выполнить переход процесса", "Opravi prehod postopka"), params: {
    transition: textField(words("Transition", "Переход", "Prehod"), { ...must, ...among(transitions) }),
    fields: field("any", words("Fields of the transition", "Поля перехода", "Polja prehoda")),
  } },
  start_clock: { doc: words("Start a clock on the ticket", "Запустить часы на заявке", "Zaženi uro na zahtevku"), params: {
    name: textField(words("Name of the clock", "Название часов", "Ime ure"), must), hours: field("double", words("Time allowed in hours", "Отведённое время в часах", "Dovoljen čas v urah"), must),
    working: field("boolean", words("Count working hours only; otherwise every hour", "Считать только рабочие часы; иначе каждый час", "Štej le delovne ure; sicer vsako uro")),
  } },
  queue_callback: { doc: words("Put the client's number among the callbacks", "Поставить номер клиента в обратные звонки", "Uvrsti številko stranke med povratne klice"), params: {
    due: field("datetime", words("Call by", "Позвонить до", "Poklicati do")),
  } },
  call_webhook: { doc: words("Tell another system by its webhook", "Сообщить другой системе через вебхук", "Obvesti drug sistem prek spletnega klica"), params: {
    webhook: textField(words("Key of the webhook", "Ключ вебхука", "Ključ spletnega klica"), { ...must, ...(webhooks && { values: webhooks }) }), data: field("any", words("What to send along", "Что передать", "Kaj poslati zraven")),
  } },
});
