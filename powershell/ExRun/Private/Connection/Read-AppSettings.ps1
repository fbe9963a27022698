function Read-AppSettings {
    <#
    .SYNOPSIS
        What the caller's Get-AppSettings returns, with the default for each member that is missing or empty.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    $settings = New-DefaultAppSetting
    $isMissing = {
        param($Exception)
        $Exception -is [System.Management.Automation.CommandNotFoundException] -and $Exception.CommandName -eq 'Get-AppSettings'
    }
    $attempt = Invoke-Attempt { Invoke-InCaller -Cmdlet $Cmdlet -Command 'Get-AppSettings' }
    $result = $attempt.Value
    if ($null -ne $attempt.Failure) {
        $cause = $attempt.Failure.GetBaseException()
        if (& $isMissing $cause) { return $settings }
        throw (New-ExRunException -Name 'InvalidArgument' -Target 'Get-AppSettings' -Message ('calling Get-AppSettings: {0}' -f $cause.Message))
    }

    foreach ($record in $result.Errors) {
        if (& $isMissing $record.Exception) { Remove-CaughtError -Exception $record.Exception } else { Write-Verbose "Get-AppSettings: $record" }
    }
    $given = $result.Output | Microsoft.PowerShell.Utility\Select-Object -Last 1
    foreach ($member in $settings.PSObject.Properties) {
        $value = [string] (Get-MemberValue -InputObject $given -Name $member.Name)
        $value = Get-PastedText -Text $value
        if ($value -eq '') { continue }
        if ($member.Name -ne 'ValidateForMinutes') {
            $member.Value = $value
            continue
        }
        $minutes = 0
        if ([int]::TryParse($value, [ref] $minutes)) { $member.Value = $minutes } else {
            Write-Verbose "Get-AppSettings: ValidateForMinutes '$value' is not a number; $($member.Value) applies"
        }
    }
    return $settings
}
