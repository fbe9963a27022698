function New-DeltaRequest {
    <#
    .SYNOPSIS
        The members of a run that reads changes beside those of every run, from the bound parameters of its command.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $request = @{ of = $Bound['Of'].ToLowerInvariant(); since = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound['Since'] }
        $switches = @{ StartNow = 'startNow'; AllFolders = 'allFolders'; IncludeEmpty = 'includeEmpty' }
        foreach ($name in $switches.Keys) { if ($Bound[$name]) { $request[$switches[$name]] = $true } }
        $asTheyAre = @{ Folder = 'folder'; Property = 'columns' }
        foreach ($name in $asTheyAre.Keys) { if ($Bound[$name]) { $request[$asTheyAre[$name]] = $Bound[$name] } }
        foreach ($name in 'Start', 'End') {
            if ($null -ne $Bound[$name]) { $request[$name.ToLowerInvariant()] = $Bound[$name].ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [cultureinfo]::InvariantCulture) }
        }
        return $request
    }
}
