import { ApiFault } from '../../api/service.ts';

type MqErrorName =
  | 'BadRequestException'
  | 'UnauthorizedException'
  | 'ForbiddenException'
  | 'NotFoundException'
  | 'ConflictException'
  | 'InternalServerErrorException';

/** Status codes of the API (docs/amazon-mq.md 9). */
const statusCodes: Readonly<Record<MqErrorName, number>> = {
  BadRequestException: 400,
  UnauthorizedException: 401,
  ForbiddenException: 403,
  NotFoundException: 404,
  ConflictException: 409,
  InternalServerErrorException: 500,
};

/** An error answer of Amazon MQ; `errorAttribute` names the member that caused it. */
export const mqFault = (name: MqErrorName, message: string, errorAttribute?: string): ApiFault =>
  new ApiFault(name, statusCodes[name], message, errorAttribute === undefined ? {} : { errorAttribute });

export const badRequest = (message: string, errorAttribute?: string): ApiFault =>
  mqFault('BadRequestException', message, errorAttribute);

/** An answer that the real service would never give: the request is valid there, but not modelled here. */
export const notModelled = (what: string): ApiFault =>
  new ApiFault('NotModelledException', 400, `the embedded Amazon MQ does not model ${what}`);
