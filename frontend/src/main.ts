import '@tabler/core/dist/css/tabler.min.css';
import './styles/index.css';
import { autosubmit } from './page/autosubmit';
import { columnChoice } from './page/columns';
import { confirmBeforeClick } from './page/confirm';
import { dismissMessages } from './page/dismiss';
import { startHtmx } from './page/htmx';
import { forgetFormerPerson } from './page/person';
import { selectRows } from './page/select-all';
import { foldSidenav } from './page/sidenav';

forgetFormerPerson();
startHtmx();
confirmBeforeClick();
selectRows();
autosubmit();
columnChoice();
dismissMessages();
foldSidenav();
