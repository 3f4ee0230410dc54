import { faults } from './vi-faults';

/** Every text of the console in Vietnamese; its keys are the keys of all languages. */
export const vi = {
  ...faults,

  'app.name': 'Giaoban',
  'app.otherLanguage': 'English',
  'app.theme': 'Giao diện',
  'app.theme.dark': 'Tối',
  'app.theme.light': 'Sáng',
  'app.theme.contrast': 'Tương phản cao',
  'app.close': 'Đóng',
  'app.cancel': 'Huỷ',
  'app.retry': 'Thử lại',
  'app.reload': 'Tải lại trang',
  'app.code': 'Mã: {code}',
  'app.messages': 'Thông báo',
  'app.loading': 'Đang mở…',
  'app.skip': 'Đến nội dung chính',
  'app.places': 'Các trang quản trị',
  'app.missing': 'Không có trang này',
  'app.unreachable': 'Chưa nối được máy chủ',
  'app.outdated': 'Máy chủ vừa được cập nhật. Tải lại trang để dùng bản mới.',

  'signIn.title': 'Đăng nhập',
  'signIn.login': 'Tên đăng nhập',
  'signIn.password': 'Mật khẩu',
  'signIn.code': 'Mã một lần',
  'signIn.codeHint': 'Sáu chữ số đang hiện trong ứng dụng xác thực.',
  'signIn.submit': 'Đăng nhập',
  'signIn.busy': 'Đang đăng nhập…',
  'signIn.wait': 'Sai quá nhiều lần. Thử lại sau {seconds} giây.',
  'signIn.lost': 'Quên mật khẩu hoặc mất thiết bị lấy mã: xin quản trị cấp trên một liên kết đặt lại.',

  'password.show': 'Hiện',
  'password.again': 'Nhập lại mật khẩu',
  'password.differs': 'Hai lần nhập mật khẩu khác nhau.',
  'password.old': 'Mật khẩu đang dùng',
  'password.new': 'Mật khẩu mới',

  'activate.first': 'Quản trị đầu tiên',
  'activate.title': 'Đặt tài khoản',
  'activate.text': 'Liên kết này dùng được một lần. Chọn tên đăng nhập và mật khẩu.',
  'activate.loginHint': 'Từ 3 ký tự: chữ không dấu, số và . _ - @.',
  'activate.passwordHint':
    'Ít nhất 12 ký tự. Một câu dễ nhớ, khó đoán là tốt nhất; không chứa tên đăng nhập.',
  'activate.submit': 'Đặt và đăng nhập',

  'codes.title': 'Mã một lần',
  'codes.why': 'Ngoài mật khẩu, mỗi lần đăng nhập cần một mã từ ứng dụng xác thực trên điện thoại.',
  'codes.scan': 'Quét hình này bằng ứng dụng xác thực, hoặc gõ khoá vào ứng dụng.',
  'codes.qr': 'Hình QR chứa khoá của mã một lần',
  'codes.secret': 'Khoá:',
  'codes.code': 'Mã đang hiện trong ứng dụng',
  'codes.submit': 'Bật mã một lần',
  'codes.later': 'Để sau',
  'codes.begin': 'Đặt mã một lần…',
  'codes.done': 'Từ nay đăng nhập cần mã một lần.',

  'account.title': 'Tài khoản của tôi',
  'account.password': 'Đổi mật khẩu',
  'account.setPassword': 'Đổi mật khẩu',
  'account.passwordSet': 'Đã đổi mật khẩu.',
  'account.othersEnd': 'Khi đổi xong, mọi nơi khác đang đăng nhập đều bị đăng xuất.',
  'account.sessions': 'Phiên đăng nhập',
  'account.sessionsHint': 'Phiên tự kết thúc sau 2 giờ không dùng, hoặc 12 giờ từ lúc đăng nhập.',
  'account.signOut': 'Đăng xuất',
  'account.signOutEverywhere': 'Đăng xuất mọi nơi',
  'account.everywhereText':
    'Mọi trình duyệt đang đăng nhập bằng tài khoản này, kể cả ở đây, bị đăng xuất ngay.',
} as const;

/** The name of a text. */
export type Key = keyof typeof vi;
