# Writes what Get-Help tells of a module's functions, whose help is comments, as a file in MAML: what Get-Help reads where
# a function names the file by .EXTERNALHELP. Equal help gives equal bytes.
param([string] $Module, [string] $Path)

$ErrorActionPreference = 'Stop'

$spaces = @{
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
}

# What this script reads of the object; anything else that says something would be lost.
$known = @(
    'Name', 'Category', 'Synopsis', 'ModuleName', 'details', 'description', 'syntax', 'parameters', 'inputTypes'
    'returnValues', 'alertSet', 'examples', 'relatedLinks', 'xmlns:maml', 'xmlns:command', 'xmlns:dev'
)

function Start-Element([string] $Element) {
    $prefix, $local = $Element.Split(':')
    $writer.WriteStartElement($prefix, $local, $spaces[$prefix])
}

function Stop-Element { $writer.WriteEndElement() }

function Write-Text([string] $Element, $Text) {
    if ($null -eq $Text) { return }
    Start-Element $Element
    $writer.WriteString($Text)
    Stop-Element
}

function Write-Attribute($Of, [string[]] $Attribute) {
    foreach ($one in $Attribute) { if ($null -ne $Of.$one) { $writer.WriteAttributeString($one, $Of.$one) } }
}

function Write-Paragraph([string] $Element, $Of) {
    if ($null -eq $Of) { return }
    Start-Element $Element
    foreach ($paragraph in $Of) { Write-Text 'maml:para' $paragraph.Text }
    Stop-Element
}

function Write-Type($Of) {
    if ($null -eq $Of.type) { return }
    Start-Element 'dev:type'
    Write-Text 'maml:name' $Of.type.name
    Stop-Element
}

function Write-Value($Of) {
    Start-Element 'command:parameterValue'
    Write-Attribute $Of 'required'
    $writer.WriteString($Of)
    Stop-Element
}

# In the syntax a parameter has no description: no view shows it there, and it would be most of the file.
function Write-Parameter($Of, [switch] $InSyntax) {
    Start-Element 'command:parameter'
    Write-Attribute $Of 'required', 'variableLength', 'globbing', 'pipelineInput', 'position', 'aliases'
    Write-Text 'maml:name' $Of.name
    if (-not $InSyntax) { Write-Paragraph 'maml:description' $Of.description }
    if ($null -ne $Of.parameterValueGroup) {
        Start-Element 'command:parameterValueGroup'
        foreach ($value in $Of.parameterValueGroup.parameterValue) { Write-Value $value }
        Stop-Element
    }
    if ($null -ne $Of.parameterValue) { Write-Value $Of.parameterValue }
    Write-Type $Of
    Write-Text 'dev:defaultValue' $Of.defaultValue
    Stop-Element
}

function Write-Syntax($Of) {
    Start-Element 'command:syntax'
    foreach ($set in $Of.syntaxItem) {
        Start-Element 'command:syntaxItem'
        Write-Text 'maml:name' $set.name
        foreach ($parameter in $set.parameter) { Write-Parameter $parameter -InSyntax }
        Stop-Element
    }
    Stop-Element
}

# What goes in, or comes out.
function Write-TypeList([string] $Element, $Of) {
    if ($null -eq $Of) { return }
    Start-Element "${Element}s"
    foreach ($one in $Of) {
        Start-Element $Element
        Write-Type $one
        Stop-Element
    }
    Stop-Element
}

function Write-Example($Of) {
    if ($null -eq $Of) { return }
    Start-Element 'command:examples'
    foreach ($example in $Of.example) {
        Start-Element 'command:example'
        Write-Text 'maml:title' $example.title
        Write-Paragraph 'maml:introduction' $example.introduction
        Write-Text 'dev:code' $example.code
        Write-Paragraph 'dev:remarks' $example.remarks
        Stop-Element
    }
    Stop-Element
}

function Write-Note($Of) {
    if ($null -eq $Of) { return }
    Start-Element 'maml:alertSet'
    Write-Paragraph 'maml:alert' $Of.alert
    Stop-Element
}

function Write-Link($Of) {
    if ($null -eq $Of) { return }
    Start-Element 'maml:relatedLinks'
    foreach ($link in $Of.navigationLink) {
        Start-Element 'maml:navigationLink'
        Write-Text 'maml:linkText' $link.linkText
        Write-Text 'maml:uri' $link.uri
        Stop-Element
    }
    Stop-Element
}

function Write-Command($Of) {
    Start-Element 'command:command'
    Start-Element 'command:details'
    Write-Text 'command:name' $Of.Name
    Write-Paragraph 'maml:description' $Of.details.description
    Stop-Element
    Write-Paragraph 'maml:description' $Of.description
    Write-Syntax $Of.syntax
    Start-Element 'command:parameters'
    foreach ($parameter in $Of.parameters.parameter) { Write-Parameter $parameter }
    Stop-Element
    Write-TypeList 'command:inputType' $Of.inputTypes.inputType
    Write-TypeList 'command:returnValue' $Of.returnValues.returnValue
    Write-Note $Of.alertSet
    Write-Example $Of.examples
    Write-Link $Of.relatedLinks
    Stop-Element
}

# Its headings are in the language of whoever asks.
[System.Threading.Thread]::CurrentThread.CurrentUICulture = [cultureinfo] 'en-US'
$imported = Import-Module $Module -PassThru
$names = [string[]] $imported.ExportedFunctions.Keys
[System.Array]::Sort($names, [System.StringComparer]::Ordinal)

$settings = [System.Xml.XmlWriterSettings]::new()
$settings.Encoding = [System.Text.UTF8Encoding]::new($false)
$settings.Indent = $true
$settings.IndentChars = ' '
$settings.NewLineChars = "`n"
$writer = [System.Xml.XmlWriter]::Create($Path, $settings)
try {
    $writer.WriteStartElement('helpItems', 'http://msh')
    $writer.WriteAttributeString('schema', 'maml')
    foreach ($prefix in 'command', 'dev', 'maml') { $writer.WriteAttributeString('xmlns', $prefix, $null, $spaces[$prefix]) }
    foreach ($name in $names) {
        $help = @(Get-Help $name -Full)
        if ($help.Count -ne 1 -or $help[0].Name -ne $name -or $help[0].ModuleName -ne $imported.Name) { throw "Get-Help $name does not give the help of one function of $($imported.Name)" }
        $lost = $help[0].PSObject.Properties | Where-Object { $_.Name -notin $known -and [string] $_.Value }
        if ($lost) { throw "the help of $name has parts that its file would not have: $($lost.Name -join ', ')" }
        Write-Command $help[0]
    }
    $writer.WriteEndElement()
}
finally { $writer.Dispose() }
