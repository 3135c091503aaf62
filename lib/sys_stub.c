#include <stdlib.h>
#include <string.h>
#include "core.h"
#include "face.h"
#include "jerr.h"
#include "jail.h"
int jail_getid(const char *n){struct jerr e; char *p; long v=strtol(n,&p,10); if(*p==0&&p!=n) return v; return face(face_named(n,&e),&e);}
int jail_remove(int jid){struct jail j=JAIL_INIT;struct jerr e;int r=jail_find(jid,true,&j,&e); if(r==0) r=jail_destroy(&j,&e); return face(r,&e);}
