"""What the people of the demonstration write, each in the language of the city: a record keeps its own."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "review-technical": {
        "en": "I ran it again from nothing and got the same figures. The gain over the simple rule is small.",
        "es": "La ejecuté desde cero y obtuve las mismas cifras. La mejora sobre la regla simple es poca.",
        "pt": "Executei de novo do zero e obtive os mesmos números. O ganho sobre a regra simples é pequeno.",
    },
    "finding-repeats": {
        "en": "Some repeat reports of one problem count as new ones.",
        "es": "Algunos reportes repetidos de un mismo problema cuentan como nuevos.",
        "pt": "Alguns chamados repetidos do mesmo problema contam como novos.",
    },
    "coach-comment": {
        "en": "Could the city say how a crew tells that a report repeats another?",
        "es": "¿Podría la ciudad decir cómo sabe una cuadrilla que un reporte repite otro?",
        "pt": "A prefeitura poderia dizer como a equipe percebe que um chamado repete outro?",
    },
    "review-equity": {
        "en": "Areas that report less are served less. The board should ask for visits by lot there.",
        "es": "Donde se reporta menos, se atiende menos. El comité debería pedir visitas por sorteo allí.",
        "pt": "Onde se comunica menos, atende-se menos. O comitê deveria pedir vistorias por sorteio ali.",
    },
    "finding-silence": {
        "en": "A list made of reports passes over people who do not report.",
        "es": "Una lista hecha de reportes pasa por alto a quienes no reportan.",
        "pt": "Uma lista feita de chamados deixa de fora quem não comunica.",
    },
    "review-again": {
        "en": "Nothing has changed since the last term, in the figures or in the data.",
        "es": "Nada cambió desde el último periodo, ni en las cifras ni en los datos.",
        "pt": "Nada mudou desde o último período, nem nos números nem nos dados.",
    },
    "review-again-equity": {
        "en": "The visits by lot found about as much as the list. They should go on.",
        "es": "Las visitas por sorteo encontraron casi lo mismo que la lista. Deben seguir.",
        "pt": "As vistorias por sorteio acharam quase o mesmo que a lista. Devem continuar.",
    },
    "notice-where": {
        "en": "At city hall and on the city's site",
        "es": "En el ayuntamiento y en el sitio de la ciudad",
        "pt": "Na prefeitura e no site da prefeitura",
    },
    "waived-reaches-every-group": {
        "en": "Too few cases to tell; the visits by lot will bring more.",
        "es": "Hay muy pocos casos para saberlo; las visitas por sorteo traerán más.",
        "pt": "Há casos de menos para saber; as vistorias por sorteio trarão mais.",
    },
    "waived-reporting-bias-examined": {
        "en": "Known: some areas report less. One visit in twenty goes there by lot.",
        "es": "Ya se sabe: algunas zonas reportan menos. Una de cada veinte visitas va allí por sorteo.",
        "pt": "Já se sabe: algumas áreas comunicam menos. Uma em vinte vistorias vai até lá por sorteio.",
    },
    "waived-places-not-observers": {
        "en": "The city keeps no name of who made a record, so this cannot be asked.",
        "es": "La ciudad no guarda quién hizo cada registro, así que no se puede preguntar.",
        "pt": "A prefeitura não guarda quem fez cada registro, então não se pode perguntar.",
    },
    "waived-places-missing-evenly": {
        "en": "Two reports in a hundred have no place; crews ask for it by telephone from now on.",
        "es": "Dos de cada cien reportes no tienen lugar; desde ahora se pide por teléfono.",
        "pt": "Dois em cem chamados não têm local; a partir de agora ele é pedido por telefone.",
    },
    "waived-calibrated": {
        "en": "The list uses the order only, and that holds.",
        "es": "La lista solo usa el orden, y este se sostiene.",
        "pt": "A lista só usa a ordem, e ela se mantém.",
    },
    "waived-intervals-hold": {
        "en": "No interval is used to plan crews.",
        "es": "Ningún intervalo se usa para planificar cuadrillas.",
        "pt": "Nenhum intervalo é usado para planejar as equipes.",
    },
    "waived-reasons-hold": {
        "en": "Crews see the place, not the reason, until the reasons hold.",
        "es": "Las cuadrillas ven el lugar, no la razón, hasta que las razones se sostengan.",
        "pt": "As equipes veem o local, não a razão, até que as razões se mantenham.",
    },
    "vote-chair": {
        "en": "The same crews find a little more, and the lot looks where nobody reports.",
        "es": "Las mismas cuadrillas encuentran un poco más, y el sorteo mira donde nadie reporta.",
        "pt": "As mesmas equipes acham um pouco mais, e o sorteio olha onde ninguém comunica.",
    },
    "vote-member": {
        "en": "Only with the lot: my street reports little and has many holes.",
        "es": "Solo con el sorteo: mi calle reporta poco y tiene muchos problemas.",
        "pt": "Só com o sorteio: minha rua comunica pouco e tem muitos problemas.",
    },
    "vote-no": {
        "en": "The gain is too small for what it asks of streets that report little.",
        "es": "La mejora es muy poca para lo que pide a las calles que reportan poco.",
        "pt": "O ganho é pequeno demais para o que pede às ruas que comunicam pouco.",
    },
    "vote-no-member": {
        "en": "Repair first what we reported last year.",
        "es": "Reparen primero lo que reportamos el año pasado.",
        "pt": "Consertem primeiro o que comunicamos no ano passado.",
    },
    "approved": {
        "en": "It finds a little more for the same visits, and every condition can be checked.",
        "es": "Encuentra un poco más con las mismas visitas, y cada condición se puede comprobar.",
        "pt": "Acha um pouco mais com as mesmas vistorias, e cada condição pode ser verificada.",
    },
    "rejected": {
        "en": "A rule that everybody understands does nearly as well.",
        "es": "Una regla que todos entienden funciona casi igual de bien.",
        "pt": "Uma regra que todos entendem funciona quase tão bem.",
    },
    "area": {"en": "The whole city", "es": "Toda la ciudad", "pt": "A cidade toda"},
    "use": {
        "en": "Crews look there first; a person plans the day",
        "es": "Las cuadrillas miran allí primero; una persona planifica el día",
        "pt": "As equipes olham ali primeiro; uma pessoa planeja o dia",
    },
    "condition-lot": {
        "en": "Choose one in twenty visits by lot.",
        "es": "Elegir por sorteo una de cada veinte visitas.",
        "pt": "Escolher por sorteio uma em cada vinte vistorias.",
    },
    "proof-lot": {
        "en": "The lists, with a mark at each visit by lot",
        "es": "Las listas, con una marca en cada visita por sorteo",
        "pt": "As listas, com uma marca em cada vistoria por sorteio",
    },
    "returned": {
        "en": "The simple rule does as well. Say why a model is needed, or hand in another.",
        "es": "La regla simple funciona igual. Digan por qué hace falta un modelo, o presenten otro.",
        "pt": "A regra simples funciona igual. Digam por que é preciso um modelo, ou entreguem outro.",
    },
    "suspended": {
        "en": "The crews had no list of visits by lot for two weeks.",
        "es": "Las cuadrillas no tuvieron la lista de visitas por sorteo durante dos semanas.",
        "pt": "As equipes ficaram duas semanas sem a lista de vistorias por sorteio.",
    },
    "drift": {
        "en": "Since the storm the list finds less than the simple rule.",
        "es": "Desde la tormenta, la lista encuentra menos que la regla simple.",
        "pt": "Desde o temporal, a lista acha menos que a regra simples.",
    },
    "voided": {
        "en": "The crews were given 200 visits; 150 were approved.",
        "es": "A las cuadrillas se les dieron 200 visitas; se aprobaron 150.",
        "pt": "As equipes receberam 200 vistorias; 150 foram aprovadas.",
    },
    "stopped": {
        "en": "The season is over, and the city will look anew.",
        "es": "La temporada terminó, y la ciudad lo verá de nuevo.",
        "pt": "A temporada acabou, e a prefeitura vai rever.",
    },
    "retired": {
        "en": "Nothing runs any more. The data are kept for ten years, then deleted.",
        "es": "Ya nada funciona. Los datos se guardan diez años y luego se borran.",
        "pt": "Nada mais funciona. Os dados ficam guardados por dez anos e depois são apagados.",
    },
    "pilot-report": {
        "en": "The visits of eight weeks, on the list and by lot, and what was found.",
        "es": "Las visitas de ocho semanas, de la lista y por sorteo, y lo que se encontró.",
        "pt": "As vistorias de oito semanas, da lista e por sorteio, e o que foi achado.",
    },
    "overrides": {
        "en": "Visits that crew chiefs changed, with their reasons.",
        "es": "Visitas que los jefes de cuadrilla cambiaron, con sus razones.",
        "pt": "Vistorias que os chefes de equipe mudaram, com suas razões.",
    },
}  # fmt: skip
