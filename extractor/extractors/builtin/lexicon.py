"""The language of forms: words that print the same thing, words for who is who, words for an answer.

This is knowledge of Korean and English, not of any document type: a schema's own `x-labels` are widened by the
groups they fall into, so that a field labelled 전화번호 is also found behind 휴대폰 or H.P.
All words are compared squashed (`normalize.squash`): without white space, punctuation and case.
"""

from __future__ import annotations

from extractor.normalize import match_key


def _group(words: str) -> frozenset[str]:
    return frozenset(match_key(word) for word in words.split(","))


LABELS: dict[str, frozenset[str]] = {
    "phone": _group(
        "전화번호,전화,연락처,휴대전화,휴대폰,핸드폰,휴대폰번호,휴대전화번호,핸드폰번호,HP,H.P.,TEL,이동전화,연락번호,전화(휴대폰),"
        "연락처(휴대폰),연락처(휴대전화),전화번호(휴대전화),비상연락처,유선전화,Phone,Mobile,Telephone,Phone No.,Contact,Contact No.,대표전화"
    ),
    "email": _group("이메일,전자우편,E-mail,Email,메일,이메일주소,전자우편주소,메일주소,전자메일,Email Address,전자우편(E-mail),이메일(E-mail)"),
    "address": _group(
        "주소,소재지,거주지,주소지,사업장주소,사업장소재지,본점소재지,본사소재지,현주소,도로명주소,거소,자택주소,우편주소,"
        "주소(소재지),소재지(주소),주소지(소재지),Address,Registered Office,Principal Office,기관주소,회사주소,본적지주소"
    ),
    "person": _group("성명,이름,성함,성명(한글),성명(서명),Name,본인성명,성 명,존함,성명(자필),Full Name,Printed Name"),
    "organisation": _group(
        "기관명,기관,상호,회사명,법인명,단체명,업체명,상호명,기관(단체)명,기관·단체명,단체(기관)명,회사,상호(법인명),법인명(상호),기관명칭,"
        "법인(단체)명,소속기관,상호(회사명),회사명(상호),출판사명,출판사,Company,Organization,Institution,기관/단체명,명칭,기관(법인)명"
    ),
    "representative": _group(
        "대표자,대표자명,대표이사,대표,대표자성명,기관장,단체장,대표자(성명),이사장,관장,원장,총장,대표자(직위),Representative,Represented by,By,Signed by,Authorized Signatory,대표이사명,기관장명"
    ),
    "registration": _group(
        "사업자등록번호,등록번호,주민등록번호,법인등록번호,사업자번호,고유번호,고유번호증,주민번호,사업자(고유)번호,사업자등록번호(고유번호),"
        "Registration No.,Registration Number,Business Registration No.,사업자(법인)등록번호,사업자등록번호(주민등록번호)"
    ),
    "signed": _group(
        "작성일,작성일자,계약일,계약일자,체결일,체결일자,계약체결일,계약체결일자,서명일,서명일자,동의일,동의일자,동의날짜,일자,날짜,신청일,"
        "신청일자,작성년월일,작성연월일,계약년월일,계약연월일,동의연월일,양도일,양도일자,제출일,Date,Date of Signature,Signed on,Dated,"
        "Signature Date,발급일,발급일자,발행일,발행일자,작성 일자,거래일,거래일자,영수일,영수일자,시행일자,시행일,시행,문서일자,기증일"
    ),
    "work": _group(
        "저작물명,저작물의제목,저작물제목,제호,작품명,작품제목,작품의제목,대상저작물,도서명,서명(제호),곡명,사진명,영상명,자료명,원고명,저작물의명칭,저작물명칭,"
        "작품명칭,저작물의표시,저작물표시,저작물,작품,프로그램명,콘텐츠명,제목(저작물명),저작물명(제목),저작물의 제호,양도대상저작물,이용허락대상저작물,"
        "이용대상저작물,양도저작물,허락대상저작물,양도대상물,Title of Work,Title of the Work,Work,Work Title,The Work,저작물(작품)명,작품(저작물)명,공연명,원작명,저작물명(제호)"
    ),
    "category": _group(
        "저작물의종류,저작물종류,저작물종별,종별,저작물의종별,저작물유형,저작물의유형,저작물분류,저작물의분류,작품종류,작품유형,장르,저작물구분,저작물의 형태,"
        "Type of Work,Category,Category of Work,Kind of Work,자료유형,저작물형태"
    ),
    "purpose": _group("목적,이용목적,활용목적,사용목적,이용의목적,계약의목적,계약목적,이용허락목적,양도목적,Purpose,취지,양도취지"),
    "term": _group(
        "계약기간,이용기간,이용허락기간,허락기간,이용허락의기간,유효기간,계약의기간,사용기간,존속기간,계약유효기간,허락의기간,"
        "이용의기간,출판권존속기간,설정기간,이용허락 기간,Term,Period,License Period,Licence Period,Term of License,Duration"
    ),
    "amount": _group(
        "이용료,대가,양도대가,금액,사용료,대금,계약금액,지급금액,저작권료,저작권사용료,로열티,원고료,고료,보상금,이용대가,허락료,이용허락료,선급금,선인세,인세,이용요금,라이선스요금,라이선스료,사용대가,요금,청구금액,Advance,"
        "양도금액,양도대금,양도료,총금액,총액,합계,합계금액,합계금,영수금액,공급가액합계,계약금,지급액,보수,사례금,Fee,License Fee,Licence Fee,Consideration,Amount,Payment,Total,영수액"
    ),
    "court": _group("관할법원,관할,합의관할,재판관할,관할의합의,분쟁해결,분쟁의해결,분쟁의조정,Governing Court,Jurisdiction,Venue"),
    "law": _group("준거법,준거법률,적용법률,적용법,Governing Law,Applicable Law,Choice of Law,Governed by the laws of"),
    "parties": _group("당사자,계약당사자,당사자들,Parties,Party,Contracting Parties,between,by and between"),
    "special": _group("특약사항,특약,특기사항,특별약정,특약조항,Special Terms,기타특약사항"),
    "rights": _group(
        "이용허락의범위,이용허락범위,양도하는권리,양도대상권리,허락하는권리,양도권리,허락권리,양도범위,양도의범위,양도할권리,허락범위,"
        "이용범위,양도하는저작재산권,허락하는저작재산권,허락의범위,권리의범위,이용허락권리,양도되는권리,이용의범위,양도권리의범위,"
        "Granted Rights,Rights Granted,Grant of Rights,Assigned Rights,Grant,Assignment"
    ),
    "exclusivity": _group("이용허락의종류,독점여부,이용허락의성격,허락의종류,이용형태,허락형태,이용허락형태,독점성,이용허락의유형,Exclusivity,이용허락구분"),
    "collection_purpose": _group(
        "수집및이용목적,수집·이용목적,개인정보수집및이용목적,개인정보의수집및이용목적,수집목적,개인정보의수집·이용목적,수집이용목적,"
        "수집·이용의목적,개인정보의수집·이용 목적,개인정보수집목적,수집·활용목적,처리목적,개인정보처리목적"
    ),
    "items": _group(
        "수집하는개인정보항목,수집항목,개인정보항목,수집하려는개인정보항목,수집하는개인정보의항목,수집하려는개인정보의항목,수집·이용항목,"
        "개인정보수집항목,수집하는항목,수집 및 이용 항목,수집하고자 하는 항목,수집개인정보항목,필수항목,수집하는정보,수집정보,수집대상정보,처리하는개인정보항목,개인정보의항목"
    ),
    "retention": _group(
        "보유및이용기간,보유·이용기간,보유기간,개인정보보유및이용기간,개인정보의보유및이용기간,보유이용기간,이용및보유기간,보관기간,"
        "보유 및 이용 기한,개인정보보유기간,보유·이용 기한,이용·보유기간,개인정보의이용및보유기간,파기시기"
    ),
    "third_party": _group("제공받는자,개인정보를제공받는자,제공받는기관,제공받는곳,개인정보제공받는자,제3자,제공대상,제공처,제공받는 자(기관)"),
    "number": _group("문서번호,시행,관리번호,접수번호,발급번호,일련번호,등록관리번호,증서번호,Document No.,No.,Ref.,Reference,Receipt No.,Invoice No.,영수증번호,계약번호"),
    "from": _group("발신,발신자,발행기관,발급기관,보내는사람,발행자,발급자,발신인,발행인,From,Issued by,Issuer,공급자,발신기관,영수인,영수자"),
    "to": _group("수신,수신자,받는사람,수신인,수신처,받으실분,To,Recipient,공급받는자,받는이,수신기관"),
    "subject": _group("제목,건명,Subject,Re,Title,문서제목"),
    "start": _group("효력발생일,시작일,효력 발생일,발효일,개시일,Effective Date,계약시작일,개시일자,시작일자,Commencement Date,Start Date,효력발생일자"),
    "end": _group("만료일,종료일,만료일자,종료일자,계약만료일,계약종료일,Expiration Date,Expiry Date,End Date,Termination Date"),
    "currency": _group("통화,Currency,화폐,통화단위"),
    "kogl": _group("공공누리유형,유형,공공누리 표시 유형,이용허락유형,적용유형,공공누리"),
}  # fmt: skip

OTHER_LABELS = _group(
    "생년월일,성별,직업,소속,직위,직책,팩스,FAX,비고,수량,규격,관계,작성자,창작연도,창작일,공표일,공표여부,제작연도,제작일,국적,국가,우편번호,서명,날인,기타,"
    "지급방법,지급시기,지급일,계좌번호,은행명,예금주,은행,계좌,인도방법,인도일,납품일,분량,매수,쪽수,크기,업태,종목,참조,붙임,제공목적,제공항목,"
    "제공하는개인정보의항목,제공하는개인정보항목,제공받는자의이용목적,이용지역,지역,언어,매체,횟수,필명,예명,학번,학교,학년,부서,가창,작곡,작사,편곡,ISRC,연번,"
    "번호,순번,크기,재료,촬영일,촬영장소,길이,재생시간,발행연도,담당업무,참여기간,역할,공개여부,사업명,과제명,행사명,공모전명,용도,사용매체,By,Title,"
    "Signature,Nationality,단가,공급가액,부가세,세액,품명,품목,비율"
)
"""Labels of no field in particular, known so that the value before them ends where they begin."""

ROLES: dict[str, frozenset[str]] = {
    "grantor": _group(
        "양도인,양도자,권리자,저작재산권자,저작권자,저작자,허락자,이용허락자,이용허락인,허락인,제공자,기증자,기증인,실연자,저작인접권자,창작자,작가,"
        "위탁자,동의자,동의인,신청인,정보주체,구술자,출연자,제작자,촬영자,작성자,응모자,응모인,참가자,출품자,당선자,수상자,모델,강연자,강연인,출연인,연주자,가창자,필자,집필자,번역자,삽화가,소장자,제출자,피촬영자,촬영대상자,초상권자,라이선서,라이센서,원저작자,복제권자,출판권설정자,구술인,증여자,"
        "Licensor,Assignor,Author,Grantor,Owner,Donor,Seller,Copyright Owner,Rights Holder,Creator,Photographer,Proprietor,본인,저작재산권 양도인,저작물 제공자,참여자,지은이"
    ),
    "grantee": _group(
        "양수인,양수자,이용자,이용기관,활용기관,수집기관,양수기관,피허락자,피허락인,이용허락을받는자,개인정보처리자,수탁자,출판권자,출판자,수증자,수증기관,"
        "사용자,이용허락받는자,수집이용기관,주관기관,제공받는기관,이용권자,"
        "Licensee,Assignee,Grantee,Publisher,Recipient Institution,Buyer,출판사,기증받는기관,라이선시,라이센시,발주기관,저작물이용자,허락받는자"
    ),
    "guardian": _group("법정대리인,보호자,친권자,법정대리인(보호자),대리인,보호자(법정대리인),Guardian"),
    "staff": _group("담당자,담당,담당부서,문의처,문의,담당자명,실무담당자,개인정보보호책임자,책임자,정보보호책임자,연락담당자,업무담당자,접수자,확인자"),
    "witness": _group("입회인,연대보증인,보증인,증인,참관인,면담자,채록자,면담자(채록자),Witness,중개인"),
    "third": _group("제공받는자,제3자,개인정보를제공받는자"),
    "issuer": _group("발신,발신자,발행기관,발급기관,공급자,보내는사람,영수인,Issuer,From,발신인"),
    "recipient": _group("수신,수신자,공급받는자,받는사람,수신인,Recipient,To"),
    "first": _group("갑,“갑”,甲,Party A,First Party"),
    "second": _group("을,“을”,乙,Party B,Second Party"),
    "third_party": _group("병,丙"),
}  # fmt: skip
"""Who a block of a form speaks of. 갑 and 을 (first, second) say nothing by themselves: see `roles.resolve`."""

ROLE_OF = {word: role for role, words in ROLES.items() for word in words}
GROUPS_OF: dict[str, list[str]] = {}
for _name, _words in LABELS.items():
    for _word in _words:
        GROUPS_OF.setdefault(_word, []).append(_name)

CHOICE_WORDS: dict[str, tuple[str, ...]] = {
    "복제권": ("복제", "reproduction", "reproduce", "copying", "copy"),
    "공연권": ("공연", "publicperformance", "perform"),
    "공중송신권": ("공중송신", "publictransmission", "transmission", "transmit", "communicationtothepublic", "makeavailable", "onlinetransmission"),
    "전시권": ("전시", "exhibition", "exhibit", "publicdisplay", "display"),
    "배포권": ("배포", "distribution", "distribute"),
    "대여권": ("대여", "rental", "lending", "rent"),
    "2차적저작물작성권": (
        "이차적저작물작성권", "2차저작물작성권", "2차적저작물등의작성권", "2차적저작물작성", "이차적저작물작성", "2차적저작물의작성",
        "2차적저작물작성이용권", "2차적저작물제작권", "2차적저작물", "이차적저작물", "derivativeworks", "derivativework", "adaptation",
    ),
    "독점": ("독점적", "배타적", "exclusive", "soleandexclusive"),
    "비독점": ("비독점적", "단순이용허락", "비배타적", "nonexclusive"),
    "동의함": (
        "동의합니다", "동의한다", "동의", "예", "찬성", "agree", "iagree", "consent", "iconsent", "yes", "accept", "승낙함", "허락함", "허용함", "허락", "허용", "네", "승낙",
    ),
    "동의하지 않음": (
        "동의하지않습니다", "동의하지않는다", "동의하지아니함", "동의하지아니합니다", "동의안함", "미동의", "부동의", "비동의", "아니오", "아니요", "거부", "거부함",
        "동의않음", "비동의함", "미동의함", "부동의함", "disagree", "idisagree", "donotagree", "donotconsent", "idonotconsent", "no", "decline",
        "허락하지않음", "허용하지않음", "불허", "허락안함", "동의하지않음", "반대", "동의하지 않",
    ),
    **{f"제{n}유형": (f"{n}유형", f"유형{n}", f"제{n}유형", f"type{n}", f"kogltype{n}") for n in range(1, 9)},
}  # fmt: skip
"""Other words for the values that enums of this field commonly list; a value that is not here stands for itself."""

NOT_A_WORK = (
    "법",
    "법률",
    "시행령",
    "시행규칙",
    "규정",
    "조례",
    "지침",
    "고시",
    "훈령",
    "협약",
    "규칙",
    "약관",
    "act",
    "law",
)
"""A quotation that ends so names a law or rule, not a work."""
