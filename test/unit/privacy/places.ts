import fc from 'fast-check';

/** Places whose clocks are odd: far off UTC, by quarters of an hour, changing by half an hour or at midnight. */
export const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland', 'Pacific/Apia', 'Pacific/Kiritimati'],
  ...[
    'Pacific/Pago_Pago',
    'Asia/Kathmandu',
    'Pacific/Chatham',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'America/Havana',
  ],
  ...['America/Santiago', 'Africa/Casablanca'],
);

/** Any time from 2012, when Apia had crossed the date line, to the end of the century. */
export const instants = fc.date({ min: new Date('2012-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
