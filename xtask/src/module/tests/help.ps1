# All that Get-Help shows of a module's commands to whoever has this language.
param([string] $Path, [string] $Culture)
$ErrorActionPreference = 'Stop'
[System.Threading.Thread]::CurrentThread.CurrentUICulture = [cultureinfo] $Culture
$module = Import-Module $Path -PassThru
foreach ($name in @($module.ExportedFunctions.Keys) + @($module.ExportedAliases.Keys) | Sort-Object) {
    "---- $name"
    Get-Help $name | Out-String -Width 200
    Get-Help $name -Full | Out-String -Width 200
    Get-Help $name -Examples | Out-String -Width 200
    # It is an error where there are none.
    if ((Get-Help $name).parameters.parameter) { Get-Help $name -Parameter * | Out-String -Width 200 }
}
# As one of several that are found.
Get-Help "*-*$($module.Name)*" | Out-String -Width 200
