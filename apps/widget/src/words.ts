export const languages = ["en", "ru", "sl"] as const;
export type Language = (typeof languages)[number];

const en = {
  callUs: "Call us",
  close: "Close",
  about: "The call goes straight from this page and costs nothing.",
  name: "Your name (optional)",
  phone: "Your phone, if we get cut off (optional)",
  badPhone: "Write the number with the country, like +386 41 123 456.",
  start: "Call",
  microphone: "Please allow the microphone",
  connecting: "Connecting",
  listen: "Please listen",
  callback: "We have noted that you want to be called back.",
  callbackBy: "We have noted it and will call you back by {when}.",
  menu: "Listen and choose with the keys",
  waiting: "You are in the queue",
  position: "Your place in the queue: {n}",
  expected: "Expected wait: about {wait}",
  soon: "Expected wait: less than a minute",
  talking: "You are talking",
  weak: "The connection is weak. Please wait",
  mute: "Mute my microphone",
  unmute: "Unmute my microphone",
  keypad: "Keys",
  key: "Key {key}",
  hangUp: "Hang up",
  ended: "The call is over",
  thanks: "Thank you for calling.",
  again: "Call again",
  noMicrophone: "No microphone was found. Connect one and call again.",
  refused: "The microphone is not allowed. Allow it beside the address of this page and call again.",
  microphoneBusy: "Another program is using the microphone. Close it and call again.",
  lineFull: "All our lines are in use. Please call again in a moment.",
  tooMany: "There were too many calls from here. Please wait a minute.",
  network: "The connection was lost. Check the network and call again.",
  unsupported: "This browser cannot call from a page. Please call us by phone.",
  failed: "The call did not go through. Please try again.",
};
export type Key = keyof typeof en;
export type Words = Record<Key, string>;

const ru: Words = {
  callUs: "Позвонить нам",
  close: "Закрыть",
  about: "Звонок идёт прямо с этой страницы и ничего не стоит.",
  name: "Ваше имя (необязательно)",
  phone: "Ваш телефон, если связь прервётся (необязательно)",
  badPhone: "Напишите номер с кодом страны, например +386 41 123 456.",
  start: "Позвонить",
  microphone: "Пожалуйста, разрешите доступ к микрофону",
  connecting: "Соединяем",
  listen: "Пожалуйста, послушайте",
  callback: "Мы записали, что вам нужно перезвонить.",
  callbackBy: "Мы записали и перезвоним вам до {when}.",
  menu: "Слушайте и выбирайте клавишами",
  waiting: "Вы в очереди",
  position: "Ваше место в очереди: {n}",
  expected: "Ожидание: примерно {wait}",
  soon: "Ожидание: меньше минуты",
  talking: "Вы разговариваете",
  weak: "Связь неустойчива. Пожалуйста, подождите",
  mute: "Выключить мой микрофон",
  unmute: "Включить мой микрофон",
  keypad: "Клавиши",
  key: "Клавиша {key}",
  hangUp: "Завершить",
  ended: "Звонок завершён",
  thanks: "Спасибо за звонок.",
  again: "Позвонить снова",
  noMicrophone: "Микрофон не найден. Подключите его и позвоните снова.",
  refused: "Доступ к микрофону запрещён. Разрешите его рядом с адресом страницы и позвоните снова.",
  microphoneBusy: "Микрофон занят другой программой. Закройте её и позвоните снова.",
  lineFull: "Все наши линии заняты. Пожалуйста, позвоните чуть позже.",
  tooMany: "Отсюда было слишком много звонков. Пожалуйста, подождите минуту.",
  network: "Связь потеряна. Проверьте сеть и позвоните снова.",
  unsupported: "Этот браузер не умеет звонить со страницы. Пожалуйста, позвоните нам по телефону.",
  failed: "Дозвониться не удалось. Пожалуйста, попробуйте ещё раз.",
};

const sl: Words = {
  callUs: "Pokličite nas",
  close: "Zapri",
  about: "Klic gre naravnost s te strani in je brezplačen.",
  name: "Vaše ime (neobvezno)",
  phone: "Vaš telefon, če se zveza prekine (neobvezno)",
  badPhone: "Vpišite številko z državo, na primer +386 41 123 456.",
  start: "Pokliči",
  microphone: "Prosimo, dovolite uporabo mikrofona",
  connecting: "Vzpostavljamo zvezo",
  listen: "Prosimo, poslušajte",
  callback: "Zabeležili smo, da vas pokličemo nazaj.",
  callbackBy: "Zabeleženo. Poklicali vas bomo nazaj do {when}.",
  menu: "Poslušajte in izberite s tipkami",
  waiting: "Ste v čakalni vrsti",
  position: "Vaše mesto v vrsti: {n}",
  expected: "Predvideno čakanje: približno {wait}",
  soon: "Predvideno čakanje: manj kot minuto",
  talking: "Pogovor poteka",
  weak: "Zveza je slaba. Prosimo, počakajte",
  mute: "Izklopi moj mikrofon",
  unmute: "Vklopi moj mikrofon",
  keypad: "Tipke",
  key: "Tipka {key}",
  hangUp: "Prekini",
  ended: "Klic je končan",
  thanks: "Hvala za klic.",
  again: "Pokliči znova",
  noMicrophone: "Mikrofona ni mogoče najti. Priključite ga in pokličite znova.",
  refused: "Uporaba mikrofona ni dovoljena. Dovolite jo ob naslovu te strani in pokličite znova.",
  microphoneBusy: "Mikrofon uporablja drug program. Zaprite ga in pokličite znova.",
  lineFull: "Vse naše linije so zasedene. Prosimo, pokličite čez nekaj trenutkov.",
  tooMany: "Od tod je bilo preveč klicev. Prosimo, počakajte minuto.",
  network: "Zveza je izgubljena. Preverite omrežje in pokličite znova.",
  unsupported: "Ta brskalnik ne more klicati s strani. Prosimo, pokličite nas po telefonu.",
  failed: "Klic ni uspel. Prosimo, poskusite znova.",
};

export const words: Record<Language, Words> = { en, ru, sl };

/** The first language of those wanted (`sl`, `sl-SI`, …) that the widget speaks; English when none is. */
export function pickLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const each of wanted) {
    const found = languages.find((language) => each?.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}

export const fill = (text: string, params: Record<string, string | number>): string => text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
