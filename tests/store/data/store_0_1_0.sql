BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v0005');
CREATE TABLE approvals (
	id INTEGER NOT NULL, 
	document_hash TEXT NOT NULL, 
	document_type TEXT NOT NULL, 
	type_version TEXT NOT NULL, 
	last_edit_id INTEGER NOT NULL, 
	approved_by TEXT NOT NULL, 
	approved_at DATETIME NOT NULL, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_approvals PRIMARY KEY (id), 
	CONSTRAINT fk_approvals_document_hash_documents FOREIGN KEY(document_hash) REFERENCES documents (hash) ON DELETE CASCADE
);
INSERT INTO "approvals" VALUES(1,'fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5','letter','5aa79689e35b',1,'한서윤','2026-11-27 22:53:43.695527','{"work_title":{"field":{"value":"\ubd04\ub0a0\uc758 \uae30\ub85d (\uac1c\uc815\ud310)","raw":null,"evidence":[],"confidence":null,"source":"person:\ud55c\uc11c\uc724"},"set_at":"2026-11-27T22:53:43.670810+00:00","set_by":"\ud55c\uc11c\uc724"},"fee":{"field":{"value":1500000.0,"raw":"\uc77c\ubc31\uc624\uc2ed\ub9cc \uc6d0","evidence":[{"page":1,"start":6,"end":15,"text":"1500000.0","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.6,"source":"builtin"},"set_at":"2026-11-27T22:53:43.571520+00:00","set_by":null},"rights":{"field":{"value":["\ubcf5\uc81c\uad8c","\ubc30\ud3ec\uad8c"],"raw":"[''\ubcf5\uc81c\uad8c'', ''\ubc30\ud3ec\uad8c'']","evidence":[{"page":1,"start":6,"end":20,"text":"[''\ubcf5\uc81c\uad8c'', ''\ubc30\ud3ec\uad8c'']","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.7,"source":"builtin"},"set_at":"2026-11-27T22:53:43.571520+00:00","set_by":null},"parties[0].name":{"field":{"value":"\uae40\uc740\ube5b","raw":"\uae40\uc740\ube5b","evidence":[{"page":1,"start":6,"end":9,"text":"\uae40\uc740\ube5b","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.8,"source":"builtin"},"set_at":"2026-11-27T22:53:43.571520+00:00","set_by":null},"parties[0].role":{"field":{"value":null,"raw":null,"evidence":[],"confidence":null,"source":""},"set_at":"2026-11-27T22:53:43.571520+00:00","set_by":null}}');
CREATE TABLE cells (
	document_hash TEXT NOT NULL, 
	data BLOB NOT NULL, 
	CONSTRAINT pk_cells PRIMARY KEY (document_hash), 
	CONSTRAINT fk_cells_document_hash_documents FOREIGN KEY(document_hash) REFERENCES documents (hash) ON DELETE CASCADE
);
INSERT INTO "cells" VALUES('fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5',X'78018B8E36D08140531D433034D003F2C1D814489BC6C602007F67071F');
INSERT INTO "cells" VALUES('649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b',X'78018B8E36D08140531D433034D003F2C1D814489BC6C602007F67071F');
INSERT INTO "cells" VALUES('4ad536143ee2c3cd068752d5a53a93608364ce53ed95fbe6f3634510ac896253',X'78018B8E36D08140531D433034D003F2C1D814489BC6C602007F67071F');
INSERT INTO "cells" VALUES('d9f32af58d3b5b4d02e1112748227d19eca6b0dc23db961109510c002b306900',X'78018B8E36D08140531D433034D003F2C1D814489BC6C602007F67071F');
INSERT INTO "cells" VALUES('cf46b702e8895953effe4f492e285a865f8ce62aa96315179f7246eec2bf093a',X'78018B8E36D08140531D433034D003F2C1D814489BC6C602007F67071F');
CREATE TABLE documents (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	format TEXT NOT NULL, 
	document_type TEXT NOT NULL, 
	type_confidence FLOAT, 
	state TEXT NOT NULL, 
	page_count INTEGER NOT NULL, 
	size BIGINT NOT NULL, 
	warnings TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	confidence FLOAT, 
	error TEXT, 
	priority FLOAT NOT NULL, 
	heading TEXT NOT NULL, 
	search_text TEXT NOT NULL, forms INTEGER, unread INTEGER, 
	CONSTRAINT pk_documents PRIMARY KEY (hash)
);
INSERT INTO "documents" VALUES('fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5','승인됨.pdf','승인됨.pdf','pdf','letter',0.9,'approved',2,27,'["Page 2 is damaged and was left out.","Text recognition stopped early (the server ended 3 times while it worked on it)."]','2026-11-27 22:53:43.510395','2026-11-27 22:53:43.717874',7.24999999999999866773e-01,NULL,3.0,'저작물명: 봄날의 기록 1저작물명: 봄날의 기록 2','승인됨.pdf
저작물명: 봄날의 기록 1저작물명: 봄날의 기록 2
봄날의 기록 (개정판)
1500000.0
복제권
배포권
김은빛',NULL,0);
INSERT INTO "documents" VALUES('649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b','검토 중.pdf','검토 중.pdf','pdf','letter',0.9,'in_review',1,28,'[]','2026-11-27 22:53:43.722632','2026-11-27 22:53:43.784856',0.8,NULL,0.8,'저작물명: 여름의 노래 1','검토 중.pdf
저작물명: 여름의 노래 1
여름의 노래
300000.0',NULL,0);
INSERT INTO "documents" VALUES('4ad536143ee2c3cd068752d5a53a93608364ce53ed95fbe6f3634510ac896253','실패.pdf','실패.pdf','pdf','letter',0.9,'new',1,24,'[]','2026-11-27 22:53:43.812415','2026-11-27 22:53:43.844298',NULL,'The model gave an empty answer.',2.0,'저작물명: 가을 편지 1','실패.pdf
저작물명: 가을 편지 1
',NULL,0);
INSERT INTO "documents" VALUES('d9f32af58d3b5b4d02e1112748227d19eca6b0dc23db961109510c002b306900','대신 읽음.pdf','대신 읽음.pdf','pdf','letter',0.9,'extracted',1,31,'[]','2026-11-27 22:53:43.866222','2026-11-27 22:53:43.891604',0.8,NULL,0.8,'저작물명: 겨울 이야기 1','대신 읽음.pdf
저작물명: 겨울 이야기 1
겨울 이야기',NULL,0);
INSERT INTO "documents" VALUES('cf46b702e8895953effe4f492e285a865f8ce62aa96315179f7246eec2bf093a','남의 말.pdf','남의 말.pdf','pdf','letter',0.9,'new',1,28,'[]','2026-11-27 22:53:43.917526','2026-11-27 22:53:43.924452',NULL,'ValueError: nobody foresaw this',2.0,'저작물명: 늦은 답장 1','남의 말.pdf
저작물명: 늦은 답장 1
',NULL,0);
CREATE TABLE edits (
	id INTEGER NOT NULL, 
	document_hash TEXT NOT NULL, 
	document_type TEXT NOT NULL, 
	extraction_id INTEGER, 
	path TEXT NOT NULL, 
	value TEXT, 
	removed BOOLEAN NOT NULL, 
	made_by TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	undone_by TEXT, 
	undone_at DATETIME, 
	CONSTRAINT pk_edits PRIMARY KEY (id), 
	CONSTRAINT fk_edits_document_hash_documents FOREIGN KEY(document_hash) REFERENCES documents (hash) ON DELETE CASCADE, 
	CONSTRAINT fk_edits_extraction_id_extractions FOREIGN KEY(extraction_id) REFERENCES extractions (id) ON DELETE SET NULL
);
INSERT INTO "edits" VALUES(1,'fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5','letter',1,'work_title','{"value":"\ubd04\ub0a0\uc758 \uae30\ub85d (\uac1c\uc815\ud310)","raw":null,"evidence":[],"confidence":null,"source":"person:\ud55c\uc11c\uc724"}',0,'한서윤','2026-11-27 22:53:43.670810',NULL,NULL);
INSERT INTO "edits" VALUES(2,'649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b','letter',2,'fee','{"value":300000.0,"raw":null,"evidence":[],"confidence":null,"source":"person:\ubc15\ub3c4\uc724"}',0,'박도윤','2026-11-27 22:53:43.755437',NULL,NULL);
INSERT INTO "edits" VALUES(3,'649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b','letter',2,'parties[0].name','{"value":"\uc774\uac00\uc628","raw":null,"evidence":[],"confidence":null,"source":"person:\ubc15\ub3c4\uc724"}',0,'박도윤','2026-11-27 22:53:43.771070','박도윤','2026-11-27 22:53:43.782916');
CREATE TABLE extractions (
	id INTEGER NOT NULL, 
	document_hash TEXT NOT NULL, 
	document_type TEXT NOT NULL, 
	type_version TEXT NOT NULL, 
	model TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	confidence FLOAT, 
	error TEXT, 
	data TEXT NOT NULL, prompt_version TEXT DEFAULT '' NOT NULL, provider TEXT DEFAULT '' NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cost_usd FLOAT, seconds FLOAT DEFAULT '0' NOT NULL, attempts TEXT DEFAULT '[]' NOT NULL, expected_right FLOAT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_extractions PRIMARY KEY (id), 
	CONSTRAINT fk_extractions_document_hash_documents FOREIGN KEY(document_hash) REFERENCES documents (hash) ON DELETE CASCADE
);
INSERT INTO "extractions" VALUES(1,'fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5','letter','5aa79689e35b','builtin','2026-11-27 22:53:43.571520',7.24999999999999866773e-01,NULL,'{"model":"builtin","provider":"builtin","document_type":"\ud3b8\uc9c0","fields":{"work_title":{"value":"\ubd04\ub0a0\uc758 \uae30\ub85d","raw":"\ubd04\ub0a0\uc758 \uae30\ub85d","evidence":[{"page":1,"start":6,"end":12,"text":"\ubd04\ub0a0\uc758 \uae30\ub85d","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.8,"source":"builtin"},"fee":{"value":1500000.0,"raw":"\uc77c\ubc31\uc624\uc2ed\ub9cc \uc6d0","evidence":[{"page":1,"start":6,"end":15,"text":"1500000.0","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.6,"source":"builtin"},"rights":{"value":["\ubcf5\uc81c\uad8c","\ubc30\ud3ec\uad8c"],"raw":"[''\ubcf5\uc81c\uad8c'', ''\ubc30\ud3ec\uad8c'']","evidence":[{"page":1,"start":6,"end":20,"text":"[''\ubcf5\uc81c\uad8c'', ''\ubc30\ud3ec\uad8c'']","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.7,"source":"builtin"},"parties[0].name":{"value":"\uae40\uc740\ube5b","raw":"\uae40\uc740\ube5b","evidence":[{"page":1,"start":6,"end":9,"text":"\uae40\uc740\ube5b","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.8,"source":"builtin"},"parties[0].role":{"value":null,"raw":null,"evidence":[],"confidence":null,"source":""}},"processing_time":0.04,"usage":{"input_tokens":null,"output_tokens":null},"cost_usd":0.0,"error":null,"attempts":[]}','','builtin',NULL,NULL,0.0,0.04,'[]',2.89999999999999946709e+00);
INSERT INTO "extractions" VALUES(2,'649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b','letter','5aa79689e35b','builtin','2026-11-27 22:53:43.739325',0.8,NULL,'{"model":"builtin","provider":"builtin","document_type":"\ud3b8\uc9c0","fields":{"work_title":{"value":"\uc5ec\ub984\uc758 \ub178\ub798","raw":"\uc5ec\ub984\uc758 \ub178\ub798","evidence":[{"page":1,"start":6,"end":12,"text":"\uc5ec\ub984\uc758 \ub178\ub798","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.8,"source":"builtin"},"fee":{"value":null,"raw":null,"evidence":[],"confidence":null,"source":""}},"processing_time":0.0,"usage":{"input_tokens":null,"output_tokens":null},"cost_usd":0.0,"error":null,"attempts":[]}','','builtin',NULL,NULL,0.0,0.0,'[]',0.8);
INSERT INTO "extractions" VALUES(3,'4ad536143ee2c3cd068752d5a53a93608364ce53ed95fbe6f3634510ac896253','letter','5aa79689e35b','cloud_eunbit','2026-11-27 22:53:43.841705',NULL,'The model gave an empty answer.','{"model":"cloud_eunbit","provider":"eunbit","document_type":"\ud3b8\uc9c0","fields":{},"processing_time":2.5,"usage":{"input_tokens":1200,"output_tokens":0},"cost_usd":0.0012,"error":"The model gave an empty answer.","attempts":[{"model":"cloud_eunbit","provider":"eunbit","error":"The model gave an empty answer.","seconds":2.5,"cost_usd":0.0012}]}','1','eunbit',1200,0,0.0012,2.5,'[{"model":"cloud_eunbit","provider":"eunbit","error":"The model gave an empty answer.","seconds":2.5,"cost_usd":0.0012}]',0.0);
INSERT INTO "extractions" VALUES(4,'d9f32af58d3b5b4d02e1112748227d19eca6b0dc23db961109510c002b306900','letter','5aa79689e35b','hybrid','2026-11-27 22:53:43.874501',0.8,NULL,'{"model":"hybrid","provider":"builtin","document_type":"\ud3b8\uc9c0","fields":{"work_title":{"value":"\uaca8\uc6b8 \uc774\uc57c\uae30","raw":"\uaca8\uc6b8 \uc774\uc57c\uae30","evidence":[{"page":1,"start":6,"end":12,"text":"\uaca8\uc6b8 \uc774\uc57c\uae30","boxes":[{"x0":0.35,"y0":0.2,"x1":0.6,"y1":0.25}],"alignment":"exact"}],"confidence":0.8,"source":"builtin"}},"processing_time":30.1,"usage":{"input_tokens":900,"output_tokens":40},"cost_usd":0.003,"error":null,"attempts":[{"model":"builtin","provider":"builtin","error":"Missing or not valid: fee. Not certain enough: \u2013.","seconds":0.03,"cost_usd":0.0},{"model":"cloud_eunbit","provider":"eunbit","error":"\uc740\ube5b AI gave no complete answer from eunbit-1 within 30 s. It may charge for it.","seconds":30.0,"cost_usd":0.003},{"model":"builtin","provider":"builtin","error":null,"seconds":0.0,"cost_usd":0.0}]}','1','builtin',900,40,0.003,30.1,'[{"model":"builtin","provider":"builtin","error":"Missing or not valid: fee. Not certain enough: \u2013.","seconds":0.03,"cost_usd":0.0},{"model":"cloud_eunbit","provider":"eunbit","error":"\uc740\ube5b AI gave no complete answer from eunbit-1 within 30 s. It may charge for it.","seconds":30.0,"cost_usd":0.003},{"model":"builtin","provider":"builtin","error":null,"seconds":0.0,"cost_usd":0.0}]',0.8);
INSERT INTO "extractions" VALUES(5,'d9f32af58d3b5b4d02e1112748227d19eca6b0dc23db961109510c002b306900','letter','5aa79689e35b','local_saessak','2026-11-27 22:53:43.889902',NULL,'It failed: The model gave an empty answer.','{"model":"local_saessak","provider":"local","document_type":"\ud3b8\uc9c0","fields":{},"processing_time":0.0,"usage":{"input_tokens":null,"output_tokens":null},"cost_usd":null,"error":"It failed: The model gave an empty answer.","attempts":[]}','1','local',NULL,NULL,NULL,0.0,'[]',0.0);
INSERT INTO "extractions" VALUES(6,'cf46b702e8895953effe4f492e285a865f8ce62aa96315179f7246eec2bf093a','letter','5aa79689e35b','cloud_eunbit','2026-11-27 22:53:43.923039',NULL,'ValueError: nobody foresaw this','{"model":"cloud_eunbit","provider":"eunbit","document_type":"\ud3b8\uc9c0","fields":{},"processing_time":0.0,"usage":{"input_tokens":null,"output_tokens":null},"cost_usd":null,"error":"ValueError: nobody foresaw this","attempts":[]}','1','eunbit',NULL,NULL,NULL,0.0,'[]',0.0);
CREATE TABLE months (
	month TEXT NOT NULL, 
	usd FLOAT NOT NULL, 
	CONSTRAINT pk_months PRIMARY KEY (month)
);
CREATE TABLE pages (
	document_hash TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	start INTEGER NOT NULL, 
	stop INTEGER NOT NULL, 
	width FLOAT NOT NULL, 
	height FLOAT NOT NULL, 
	text BLOB NOT NULL, 
	words BLOB NOT NULL, 
	CONSTRAINT pk_pages PRIMARY KEY (document_hash, number), 
	CONSTRAINT fk_pages_document_hash_documents FOREIGN KEY(document_hash) REFERENCES documents (hash) ON DELETE CASCADE
);
INSERT INTO "pages" VALUES('fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5',1,0,14,595.0,842.0,X'7801012100DEFFECA080EC9E91EBACBCEBAA853A20EBB484EB82A0EC9D9820EAB8B0EBA19D20310C73DF1438',X'78018B8E36D031D531D033046223203606D1A6B13AD1663A8626203E481224610691880500FDD40A31');
INSERT INTO "pages" VALUES('fde9d49ed662a4a3daaad1381bae6ea7dd34768683afcf27e668376967471ab5',2,15,29,595.0,842.0,X'7801012000DFFFECA080EC9E91EBACBCEBAA853A20EBB484EB82A0EC9D9820EAB8B0EBA19D20325FA8142D',X'78018B8E3634D53132D031D033046223203606D1A6B13AD146863A4696200153A88C19442616001CB60AC7');
INSERT INTO "pages" VALUES('649843fa30f3b89d4b4b6c6f560d82c0c3529b46c78d6eb3f5aa368ac666d29b',1,0,14,595.0,842.0,X'7801012000DFFFECA080EC9E91EBACBCEBAA853A20EC97ACEBA684EC9D9820EB85B8EB9E9820315F90140E',X'78018B8E36D031D531D033046223203606D1A6B13AD1663A8626203E481224610691880500FDD40A31');
INSERT INTO "pages" VALUES('4ad536143ee2c3cd068752d5a53a93608364ce53ed95fbe6f3634510ac896253',1,0,13,595.0,842.0,X'7801011D00E2FFECA080EC9E91EBACBCEBAA853A20EAB080EC9D8420ED8EB8ECA78020311F1511CD',X'78018B8E36D031D531D033046223203606D1A6B13AD1663A8620B631481224610691880500FDBF0A30');
INSERT INTO "pages" VALUES('d9f32af58d3b5b4d02e1112748227d19eca6b0dc23db961109510c002b306900',1,0,14,595.0,842.0,X'7801012000DFFFECA080EC9E91EBACBCEBAA853A20EAB2A8EC9AB820EC9DB4EC95BCEAB8B02031637814AE',X'78018B8E36D031D531D033046223203606D1A6B13AD1663A8626203E481224610691880500FDD40A31');
INSERT INTO "pages" VALUES('cf46b702e8895953effe4f492e285a865f8ce62aa96315179f7246eec2bf093a',1,0,13,595.0,842.0,X'7801011D00E2FFECA080EC9E91EBACBCEBAA853A20EB8AA6EC9D8020EB8BB5EC9EA520311EEA11DE',X'78018B8E36D031D531D033046223203606D1A6B13AD1663A8620B631481224610691880500FDBF0A30');
CREATE TABLE spending (
	id INTEGER NOT NULL, 
	model TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	most FLOAT, 
	usd FLOAT, 
	CONSTRAINT pk_spending PRIMARY KEY (id)
);
CREATE TABLE type_versions (
	"key" TEXT NOT NULL, 
	version TEXT NOT NULL, 
	schema TEXT NOT NULL, 
	CONSTRAINT pk_type_versions PRIMARY KEY ("key", version)
);
INSERT INTO "type_versions" VALUES('letter','5aa79689e35b','{"title":"\ud3b8\uc9c0","type":"object","properties":{"work_title":{"type":["string","null"],"title":"\uc800\uc791\ubb3c\uba85"},"fee":{"type":["number","null"]},"rights":{"type":["array","null"],"items":{"type":"string","enum":["\ubcf5\uc81c\uad8c","\ubc30\ud3ec\uad8c"]}},"parties":{"type":["array","null"],"items":{"type":"object","properties":{"name":{"type":["string","null"]},"role":{"type":["string","null"]}}}}}}');
CREATE INDEX ix_documents_changed_at_hash ON documents (changed_at, hash);
CREATE INDEX ix_documents_document_type_changed_at_hash ON documents (document_type, changed_at, hash);
CREATE INDEX ix_documents_document_type_name_key_hash ON documents (document_type, name_key, hash);
CREATE INDEX ix_documents_document_type_priority_created_at_hash ON documents (document_type, priority, created_at, hash);
CREATE INDEX ix_documents_document_type_state ON documents (document_type, state);
CREATE INDEX ix_documents_name_key_hash ON documents (name_key, hash);
CREATE INDEX ix_documents_priority_created_at_hash ON documents (priority, created_at, hash);
CREATE INDEX ix_documents_state_changed_at_hash ON documents (state, changed_at, hash);
CREATE INDEX ix_documents_state_name_key_hash ON documents (state, name_key, hash);
CREATE INDEX ix_documents_state_priority_created_at_hash ON documents (state, priority, created_at, hash);
CREATE INDEX ix_approvals_document_hash_document_type_id ON approvals (document_hash, document_type, id);
CREATE INDEX ix_extractions_document_hash_document_type_id ON extractions (document_hash, document_type, id);
CREATE INDEX ix_edits_document_hash_id ON edits (document_hash, id);
CREATE INDEX ix_spending_made_at ON spending (made_at);
CREATE INDEX ix_extractions_created_at ON extractions (created_at);
COMMIT;
