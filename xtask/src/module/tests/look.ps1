# What a session sees of a module, and the text of each of its functions.
param([string] $Path)
$ErrorActionPreference = 'Stop'
$module = Import-Module $Path -PassThru
$functions = $module.ExportedFunctions.Keys | Sort-Object
'functions: ' + ($functions -join ' ')
'aliases: ' + (($module.ExportedAliases.Keys | Sort-Object) -join ' ')

foreach ($name in @($functions) + @($module.ExportedAliases.Keys | Sort-Object)) {
    $command = Get-Command $name
    "$($command.CommandType) $name = $($command.ResolvedCommand)"
    # An alias has no types or sets before it was followed.
    if ($command.ResolvedCommand) { $command = $command.ResolvedCommand }
    foreach ($type in $command.OutputType) { "  gives $($type.Name) $($type.Type.AssemblyQualifiedName)" }
    foreach ($parameter in $command.Parameters.Values) {
        "  $($parameter.Name) $($parameter.ParameterType.AssemblyQualifiedName) $($parameter.Aliases) $($parameter.Attributes.TypeId)"
    }
    foreach ($set in $command.ParameterSets) { "  $($set.Name) $($set.IsDefault) $set" }
}

# A function's text; but of its help only that it has some, in whichever form, and types by what their names mean.
function Get-Told {
    param([System.Management.Automation.FunctionInfo] $Function)
    $tokens = $faults = $null
    $text = $Function.Definition
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref] $tokens, [ref] $faults)
    if ($faults) { throw "$($Function.Name): $($faults[0])" }
    $told = [System.Collections.Generic.List[object]]::new()
    $first = $tokens | Where-Object { $_.Kind -ne 'NewLine' } | Select-Object -First 1
    if ($first.Kind -eq 'Comment' -and $first.Text -match '^(<#\s+\.SYNOPSIS\s|# \.EXTERNALHELP (\.\./)?ExRun-help\.xml$)') {
        $told.Add(@{ Extent = $first.Extent; Text = 'its help' })
    }
    $types = $tree.FindAll({ param($Node) $Node.PSObject.Properties['TypeName'] }, $true)
    foreach ($type in $types.TypeName) {
        $means = $type.GetReflectionType()
        if ($null -eq $means) { $means = $type.GetReflectionAttributeType() }
        if ($null -ne $means) { $told.Add(@{ Extent = $type.Extent; Text = $means.AssemblyQualifiedName }) }
    }
    foreach ($one in $told | Sort-Object { $_.Extent.StartOffset } -Descending) {
        $text = $text.Remove($one.Extent.StartOffset, $one.Extent.EndOffset - $one.Extent.StartOffset).Insert($one.Extent.StartOffset, $one.Text)
    }
    $Function.Name + $text
}
& $module {
    Import-PrivateFunction
    # Native.ps1 is looked for where it stands.
    (Get-Command Get-Native).Name
}
& $module { Get-ChildItem function: } | Where-Object { $_.Module -and $_.Module.Name -eq 'ExRun' } | Sort-Object Name |
    ForEach-Object { Get-Told $_ }
if ($Error.Count) { throw $Error[0] }
