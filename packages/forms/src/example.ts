/**
 * A whole form: an order to connect an internet line. Every kind of field but one is here; the tests, the builder's first
 * page and the bench use it.
 */
export const EXAMPLE = `key: connection
name: { en: Connection, ru: Подключение, sl: Priklop }
schema:
  properties:
    subscriber:
      x-kind: person
      x-name: { en: Full name, ru: ФИО, sl: Ime in priimek }
      x-hint: { en: As in the passport, ru: Как в паспорте, sl: Kot v osebnem dokumentu }
      x-client: fill
    phone:
      x-kind: phone
      x-name: { en: Phone, ru: Телефон, sl: Telefon }
      x-client: fill
    email:
      x-kind: email
      x-name: { en: E-mail, ru: Электронная почта, sl: E-pošta }
      x-client: fill
    passport:
      x-kind: document
      x-name: { en: Passport, ru: Паспорт, sl: Potni list }
      x-mask: { read: clients.documents }
      properties:
        series: { x-template: "## ##" }
        number: { x-template: "######" }
    address:
      x-kind: address
      x-name: { en: Where to connect, ru: Адрес подключения, sl: Naslov priklopa }
      x-country: SI
      x-client: fill
    building:
      x-kind: choice
      x-name: { en: Building, ru: Тип дома, sl: Vrsta stavbe }
      x-options:
        - { value: flat, name: { en: Block of flats, ru: Многоквартирный, sl: Večstanovanjska } }
        - { value: house, name: { en: Own house, ru: Частный дом, sl: Hiša } }
    entrance:
      $ref: "#/$defs/short"
      x-name: { en: Entrance and floor, ru: Подъезд и этаж, sl: Vhod in nadstropje }
    extras:
      x-kind: choices
      x-name: { en: Extras, ru: Дополнительно, sl: Dodatki }
      x-options:
        - { value: tv, name: { en: Television, ru: Телевидение, sl: Televizija } }
        - { value: static_ip, name: { en: Static address, ru: Постоянный адрес, sl: Stalni naslov } }
    tariff:
      x-kind: lookup
      x-name: { en: Tariff, ru: Тариф, sl: Paket }
      x-lookup:
        entity: article
        filter: { kind: tariff }
        keep:
          monthly: { kind: money, name: { en: Monthly price, ru: Абонплата, sl: Mesečna cena } }
    equipment:
      x-kind: table
      x-name: { en: Equipment, ru: Оборудование, sl: Oprema }
      maxItems: 20
      x-sum: [sum]
      items:
        properties:
          what: { x-kind: text, x-name: { en: What, ru: Что, sl: Kaj }, maxLength: 100 }
          count: { x-kind: number, type: integer, minimum: 1, maximum: 99, default: 1, x-name: { en: Count, ru: Количество, sl: Količina } }
          price: { x-kind: money, x-currency: EUR, x-name: { en: Price, ru: Цена, sl: Cena } }
          sum: { x-kind: money, x-currency: EUR, x-name: { en: Sum, ru: Сумма, sl: Znesek } }
        required: [what, count, price]
    total:
      x-kind: money
      x-currency: EUR
      x-name: { en: To pay at once, ru: К оплате сразу, sl: Za plačilo takoj }
    issued_number:
      x-kind: text
      x-name: { en: Number of the contract, ru: Номер договора, sl: Številka pogodbe }
      x-number: DOG-
    issue_on:
      x-kind: date
      x-name: { en: Planned for, ru: Планируемая дата, sl: Predvideno za }
    convenient:
      x-kind: period
      x-name: { en: Convenient days, ru: Удобные дни, sl: Primerni dnevi }
      x-client: fill
    agreed_at:
      x-kind: moment
      x-name: { en: Agreed at, ru: Согласовано, sl: Dogovorjeno }
    photos:
      x-kind: file
      x-name: { en: Photographs of the entrance, ru: Фотографии подъезда, sl: Fotografije vhoda }
      x-accept: [image/*]
      maxItems: 5
    pets:
      x-kind: yes_no
      x-name: { en: A dog in the yard, ru: Собака во дворе, sl: Pes na dvorišču }
    note:
      x-kind: long_text
      x-name: { en: Note for the crew, ru: Примечание для бригады, sl: Opomba za ekipo }
      maxLength: 2000
    consent:
      x-kind: consent
      x-name: { en: Consent, ru: Согласие, sl: Soglasje }
      x-text:
        en: Do you agree that we use your data to connect you?
        ru: Согласны ли вы на обработку ваших данных для подключения?
        sl: Ali soglašate, da vaše podatke uporabimo za priklop?
  required: [subscriber, phone, address, building, tariff, consent]
  $defs:
    short: { x-kind: text, maxLength: 60 }
layout:
  sections:
    - key: who
      name: { en: Who, ru: Кто, sl: Kdo }
      columns: 2
      fields: [{ path: subscriber, width: 2 }, phone, email, passport]
    - key: where
      name: { en: Where, ru: Где, sl: Kje }
      columns: 2
      fields: [{ path: address, width: 2 }, building, entrance, pets, photos]
    - key: what
      name: { en: What, ru: Что, sl: Kaj }
      columns: 2
      fields: [tariff, extras, { path: equipment, width: 2 }, total, issued_number, issue_on, convenient, agreed_at, note, consent]
show:
  entrance: form.building == "flat"
  pets: form.building == "house"
require:
  entrance: form.building == "flat"
computed:
  equipment.sum: row.price * row.count
  total: form.equipment.map(one, one.sum).sum()
checks:
  - rule: form.issue_on >= form.convenient.from
    path: issue_on
    message:
      en: The planned day is before the days convenient for the client.
      ru: Планируемая дата раньше удобных для клиента дней.
      sl: Predvideni dan je pred dnevi, primernimi za stranko.
`;
